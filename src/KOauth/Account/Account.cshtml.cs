using KOauth.Hosting;
using KOauth.People;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KOauth.Account;

internal sealed class AccountModel(Sessions sessions, KOauthSettings settings) : PageModel
{
    public SignedIn Person { get; private set; } = null!;

    public string LogoutUrl => $"{settings.Issuer.Path}/account/logout";

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await sessions.FindAsync(HttpContext, ct) is not { } person)
        {
            return FlowAnswers.Continue($"{settings.Issuer}/account/login");
        }

        Person = person;
        return Page();
    }
}
