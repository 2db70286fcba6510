using KOauth.Grants;
using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Stories;
using Microsoft.AspNetCore.Mvc;

namespace KOauth.Account.Apps;

internal sealed class AppsModel(Sessions sessions, Connections connections, KOauthSettings settings, TimeProvider clock, Story story)
    : PersonalPage(sessions, settings)
{
    public IReadOnlyList<ConnectedApp> Apps { get; private set; } = [];

    public DateTimeOffset Now => clock.GetUtcNow();

    public IEnumerable<string> Permissions(Connection connection) =>
        ScopesInWords.Of(new Wish(ScopeSet.Parse(connection.Grant.Scopes), ScopeSet.Empty), connection.Resource, Person, staysConnected: false).Select(p => p.Words);

    public async Task OnGetAsync(CancellationToken ct) => Apps = await connections.ListAsync(Person.UserId, ct);

    public async Task<IActionResult> OnPostAsync([FromForm(Name = "app")] string? clientId, CancellationToken ct)
    {
        story.User = Person.Email;
        story.ClientId = clientId;
        foreach (var ended in (await connections.DisconnectAsync(Person, clientId ?? "", ct) ?? []).Distinct())
        {
            story.Continue(ended);
            story.Tell(StoryEvents.GrantRevoked, "The person disconnected the app");
        }

        return FlowAnswers.Continue(PathTo("/account/apps"));
    }
}
