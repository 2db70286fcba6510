using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Stories;
using Microsoft.AspNetCore.Mvc;

namespace KOauth.Account.Reset;

internal sealed class ResetModel(AccountLinks links, Cookies cookies, KOauthSettings settings, Story story)
    : LinkPage(links, AccountLinkPurpose.Reset, cookies, settings, story)
{
    [BindProperty(Name = "answer", SupportsGet = true)]
    public string? Answer { get; set; }

    public bool IsDone => Answer == "done" && Token is null;

    public string LoginUrl => $"{Settings.Issuer.Path}/account/login";

    protected override string Address => "/account/reset";

    protected override string Next => "/account/reset?answer=done";

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => IsDone ? Page() : await ShowAsync(ct);

    protected override Task<Refusal?> ClaimAsync(string token, string password, CancellationToken ct) => Links.ResetAsync(token, password, ct);
}
