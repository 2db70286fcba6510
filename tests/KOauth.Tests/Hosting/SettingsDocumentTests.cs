using System.Text;
using KOauth.Hosting;
using KOauth.Tests.House;

namespace KOauth.Tests.Hosting;

public sealed class SettingsDocumentTests
{
    [Fact, Trait("check", "A-72")]
    public void The_document_lists_every_setting_as_the_code_has_it()
    {
        var text = new StringBuilder("""
            # Settings

            <!-- Written by a test from src/KOauth/Hosting/SettingsTable.cs. Rewrite it: UPDATE_DOCS=1 dotnet test --project tests/KOauth.Tests -->

            Nothing needs to be set to try KOauth on one machine. To let others in, set `KOAUTH_ISSUER` to the https URL people will use.

            Settings come from three places, and the later wins:

            1. environment variables, as named in the table;
            2. the file `koauth.json` in the data directory, with the names of the second column: `{ "issuer": "https://auth.example.com" }`;
            3. the command line, where an option is named.

            `koauth config show` prints every value (secrets hidden), where it came from, and its default. A name nobody knows is an error
            in the file and on the command line, and a warning in the environment. An empty variable counts as not set. Lengths of time
            are a number and a unit: `30s`, `10m`, `1h`, `90d`, or `0`. If anything is wrong, the server names all of it and does not start.

            | Variable | In the file | Default | Meaning |
            |---|---|---|---|

            """);
        foreach (var s in SettingsTable.All)
        {
            var also = s.AlsoFrom.Count > 0 ? $" Also read from {string.Join(", ", s.AlsoFrom.Select(a => $"`{a}`"))}." : "";
            var option = s.Option is null ? "" : $" Option: `{s.Option}`.";
            var standard = s.Default.Length == 0 ? "none" : s.Default.Contains(' ') ? s.Default : $"`{s.Default}`";
            text.Append($"| `{s.Name}` | {(s.IsNotInFile ? "–" : $"`{s.FileName}`")} | {standard} | {s.Help}{also}{option} Example: `{(s.IsSecret ? "…" : s.Example)}` |\n");
        }

        text.Append($"""

            `JWT_AUDIENCE` may be a comma-separated list; a token has one audience, so only the first counts, and a warning explains resources.
            With `PORT` the server listens on all addresses, because platforms that set it expect so.

            These names belong to others and are ignored: {Names(SettingsTable.OfOthers)}.

            These are known, but not supported in this version: {Names(SettingsTable.NotYet)}.

            """);

        Document.MustRead("docs/settings.md", text.ToString().ReplaceLineEndings("\n"));
    }

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(n => $"`{n}`"));
}
