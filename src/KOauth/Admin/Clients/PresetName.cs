using System.CommandLine.Parsing;
using KOauth.Clients;
using KOauth.Protocol;

namespace KOauth.Admin.Clients;

/// <summary>An unknown preset is a slip of the finger, found before anything is changed.</summary>
internal static class PresetName
{
    public static void Check(SymbolResult result)
    {
        if (result.Tokens is not [{ Value: var name }] || Presets.Find(name) is not null)
        {
            return;
        }

        var near = Nearest.To(name, Presets.All.Select(p => p.Id));
        result.AddError(near is null
            ? $"There is no preset '{name}'; there are: {string.Join(", ", Presets.All.Select(p => p.Id))}."
            : $"There is no preset '{name}'; did you mean {near}?");
    }
}
