using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Stories;
using Microsoft.AspNetCore.Mvc;

namespace KOauth.Account.SignUp;

internal sealed class SignUpModel(AccountLinks links, Sessions sessions, Cookies cookies, KOauthSettings settings, Story story)
    : LinkPage(links, AccountLinkPurpose.Invitation, cookies, settings, story)
{
    public string ServerHost => Settings.Issuer.Host;

    protected override string Address => "/account/signup";

    protected override string Next => "/account";

    public Task<IActionResult> OnGetAsync(CancellationToken ct) => ShowAsync(ct);

    protected override async Task<Refusal?> ClaimAsync(string token, string password, CancellationToken ct)
    {
        if (!(await Links.AcceptAsync(token, password, ct)).Ok(out var user, out var refusal))
        {
            return refusal;
        }

        await sessions.StartAsync(HttpContext, user, ct);
        return null;
    }
}
