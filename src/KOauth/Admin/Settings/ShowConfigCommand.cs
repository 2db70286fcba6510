using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Admin.Settings;

internal sealed class ShowConfigCommand : Command
{
    private readonly CommandServices _services;
    private readonly Option<bool> _json = GlobalOptions.Json();

    public ShowConfigCommand(CommandServices services)
        : base("show", "Print every setting: value (secrets hidden), source and default")
    {
        _services = services;
        Add(_json);
        SetAction(Run);
    }

    private int Run(ParseResult command)
    {
        var loaded = _services.Settings(command);
        var outside = loaded.Problems.Count == 0 ? Outside.Of(loaded.Settings) : null;
        if (command.GetValue(_json))
        {
            command.PrintJson(new
            {
                settings = loaded.Values.Select(v => new { name = v.Setting.Name, value = v.Shown, source = v.Source, @default = v.Setting.Default }),
                outside,
                warnings = loaded.Warnings,
                problems = loaded.Problems,
            });
        }
        else
        {
            command.PrintColumns(loaded.Values
                .Select(v => (string[])[v.Setting.Name, OrNone(v.Shown), v.Source, OrNone(v.Setting.Default)])
                .Prepend(["SETTING", "VALUE", "FROM", "DEFAULT"]));
            if (outside is not null)
            {
                command.Output().WriteLine();
                command.PrintColumns(outside.Lines().Select(l => (string[])[l.Name, l.Value]).Prepend(["SEEN FROM OUTSIDE", ""]));
                foreach (var hint in outside.Hints)
                {
                    command.Output().WriteLine($"Hint: {hint}");
                }
            }

            PrintAll(command, "Warning: ", loaded.Warnings);
            PrintAll(command, "Problem: ", loaded.Problems);
        }

        return loaded.Problems.Count == 0 ? 0 : 1;
    }

    private static void PrintAll(ParseResult command, string what, IReadOnlyList<string> sentences)
    {
        foreach (var sentence in sentences)
        {
            command.Error().WriteLine(what + Printable.Text(sentence));
        }
    }

    private static string OrNone(string text) => text.Length > 0 ? text : "-";
}
