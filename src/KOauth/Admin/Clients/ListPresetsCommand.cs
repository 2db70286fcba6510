using System.CommandLine;
using KOauth.Clients;
using KOauth.Data;
using KOauth.Hosting;

namespace KOauth.Admin.Clients;

/// <summary>It needs no database: the presets are part of the program.</summary>
internal sealed class ListPresetsCommand : Command
{
    private readonly Argument<string?> _name = new("NAME") { Description = "Only this one, with everything known", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _json = GlobalOptions.Json();

    public ListPresetsCommand()
        : base("presets", "The known clients: redirect URIs, metadata documents, quirks, with source and date")
    {
        Add(_name);
        Add(_json);
        _name.Validators.Add(result => PresetName.Check(result));
        SetAction(Run);
    }

    private void Run(ParseResult command)
    {
        var presets = command.GetValue(_name) is { } name ? [Presets.Find(name)!] : Presets.All;
        if (command.GetValue(_json))
        {
            command.PrintJson(new { version = Presets.Version, presets });
            return;
        }

        for (var i = 0; i < presets.Count; i++)
        {
            if (i > 0)
            {
                command.Output().WriteLine();
            }

            Print(command, presets[i]);
        }
    }

    private static void Print(ParseResult command, Preset preset)
    {
        command.Output().WriteLine($"{preset.Id}: {preset.Name}{(preset.Covers is null ? "" : $" ({preset.Covers})")}");
        List<Fact> facts =
        [
            new("redirectUris", "Redirect URIs", preset.RedirectUris.Count > 0 ? preset.RedirectUris : null),
            new("redirectUriPattern", "Or, for each connection", preset.RedirectUriPattern),
            new("otherRedirectUris", "Seen elsewhere", preset.OtherRedirectUris.Count > 0 ? preset.OtherRedirectUris.Select(Other).ToArray() : null),
            new("metadataDocument", "Metadata document", preset.MetadataDocument),
            new("metadataDocumentPattern", "Or, for each connection", preset.MetadataDocumentPattern),
            new("authMethod", "Authentication", preset.AuthNote is null ? preset.AuthMethod : $"{preset.AuthMethod}: {preset.AuthNote}"),
            new("networks", "Comes from", preset.Networks.Count > 0 ? preset.Networks : null),
            new("quirks", "Quirks", preset.Quirks.Count > 0 ? preset.Quirks : null),
            new("source", "Source", $"{preset.Source}, {preset.Checked:yyyy-MM-dd} ({Words(preset.Confidence)})"),
        ];
        command.PrintFacts(facts.Where(f => f.Value is not null), indent: "  ");
    }

    private static string Other(OtherRedirectUri other) =>
        $"{other.Uri} ({other.Note}; {other.Source}, {other.Checked:yyyy-MM-dd}, {Words(other.Confidence)})";

    private static string Words(Confidence confidence) => confidence switch
    {
        Confidence.Documented => "documented",
        Confidence.Source => "read in its source code",
        Confidence.Reported => "reported by users",
        _ => "not verified",
    };
}
