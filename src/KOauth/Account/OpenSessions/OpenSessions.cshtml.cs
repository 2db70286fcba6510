using System.Globalization;
using KOauth.Hosting;
using KOauth.People;
using Microsoft.AspNetCore.Mvc;

namespace KOauth.Account.OpenSessions;

internal sealed class OpenSessionsModel(Sessions sessions, SessionList list, KOauthSettings settings, TimeProvider clock)
    : PersonalPage(sessions, settings)
{
    private const string Others = "others";

    public IReadOnlyList<OpenSession> Open { get; private set; } = [];

    public DateTimeOffset Now => clock.GetUtcNow();

    public async Task OnGetAsync(CancellationToken ct) => Open = await list.ListAsync(HttpContext, Person, ct);

    public async Task<IActionResult> OnPostAsync([FromForm(Name = "end")] string? which, CancellationToken ct)
    {
        if (which == Others)
        {
            await list.EndOthersAsync(HttpContext, Person, ct);
        }
        else if (long.TryParse(which, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var sid))
        {
            await list.EndAsync(Person, sid, ct);
        }

        return FlowAnswers.Continue(PathTo("/account/sessions"));
    }
}
