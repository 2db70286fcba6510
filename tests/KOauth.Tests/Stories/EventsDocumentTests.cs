using System.Text;
using KOauth.Stories;
using KOauth.Tests.House;

namespace KOauth.Tests.Stories;

public sealed class EventsDocumentTests
{
    [Fact, Trait("check", "A-65")]
    public void The_document_lists_every_event()
    {
        var names = typeof(StoryEvents).GetFields().Where(f => f.IsLiteral).Select(f => (string)f.GetValue(null)!);
        Assert.Equal(names.Order(StringComparer.Ordinal), StoryEvents.All.Select(e => e.Name).Order(StringComparer.Ordinal));

        var text = new StringBuilder("""
            # Events

            <!-- Written by a test from src/KOauth/Stories/StoryEvents.cs. Rewrite it: UPDATE_DOCS=1 dotnet test --project tests/KOauth.Tests -->

            What happens to a connection is told twice under the same name: as a log line, and as an event of the connection's story, which
            `koauth diagnose` reads. A story has a reference such as `K7Q2XPA`; the person at the browser sees the same one when something
            fails. A successful connection tells, in this order and with one reference: `authorize.received`, `redirect_uri.validated`,
            `authorization.approved`, `token.exchanged`.

            | Event | What happened |
            |---|---|

            """);
        foreach (var (name, meaning) in StoryEvents.All)
        {
            text.Append($"| `{name}` | {meaning} |\n");
        }

        text.Append("""

            A log line for people, with `KOAUTH_LOG_FORMAT=text`:

                2026-11-25T12:00:00.000Z info oauth authorize.received: Authorization request received story=K7Q2XPA client=claude-mcp

            The same for programs, with `KOAUTH_LOG_FORMAT=json`:

                {"time":"2026-11-25T12:00:00.000Z","level":"info","message":"Authorization request received","event":"authorize.received","story":"K7Q2XPA","client":"claude-mcp"}

            Neither holds a password, code, token, secret, cookie, `state`, `nonce` or challenge, nor the person's e-mail address.

            """);
        Document.MustRead("docs/events.md", text.ToString().ReplaceLineEndings("\n"));
    }
}
