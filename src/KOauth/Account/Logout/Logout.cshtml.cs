using KOauth.Hosting;
using KOauth.People;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KOauth.Account.Logout;

internal sealed class LogoutModel(Sessions sessions, KOauthSettings settings) : PageModel
{
    public SignedIn? Person { get; private set; }

    public string Action => $"{settings.Issuer.Path}/account/logout";

    public async Task OnGetAsync(CancellationToken ct) => Person = await sessions.FindAsync(HttpContext, ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await sessions.EndAsync(HttpContext, ct);
        return FlowAnswers.Continue($"{settings.Issuer}/account/logout");
    }
}
