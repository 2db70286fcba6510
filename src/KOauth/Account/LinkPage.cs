using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Stories;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KOauth.Account;

/// <summary>
/// A page that a link opens. The first request puts the token into a cookie and goes on without it, so that it stays neither in the
/// address bar nor in the history (EM-08). The form carries it, too: two links opened in one browser are not mixed up.
/// </summary>
internal abstract class LinkPage(AccountLinks links, AccountLinkPurpose purpose, Cookies cookies, KOauthSettings settings, Story story) : PageModel
{
    [BindProperty(Name = "token", SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty(Name = "password")]
    public string? Password { get; set; }

    [BindProperty(Name = "password_again")]
    public string? PasswordAgain { get; set; }

    /// <summary>Whose link it is; shown, so that nobody sets a password for an account that is not theirs.</summary>
    public string Email { get; private set; } = "";

    public string? Error { get; private set; }

    public string Action => $"{settings.Issuer.Path}{Address}";

    protected KOauthSettings Settings => settings;

    protected AccountLinks Links => links;

    /// <summary>Of the page, below the issuer.</summary>
    protected abstract string Address { get; }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await links.FindAsync(Token, purpose, ct) is not { } email)
        {
            return Refuse();
        }

        Email = email;
        if (Password != PasswordAgain)
        {
            return Again(Reasons.PasswordsDiffer);
        }

        if (await ClaimAsync(Token!, Password ?? "", ct) is { } refusal)
        {
            return refusal.Reason == Reasons.AccountLinkInvalid ? Refuse() : Again(refusal.Reason);
        }

        cookies.Delete(HttpContext, Cookies.Link);
        return FlowAnswers.Continue($"{settings.Issuer}{Next}");
    }

    protected abstract string Next { get; }

    protected abstract Task<Refusal?> ClaimAsync(string token, string password, CancellationToken ct);

    protected async Task<IActionResult> ShowAsync(CancellationToken ct)
    {
        if (AccountLinks.IsToken(Token))
        {
            cookies.Write(HttpContext, Cookies.Link, Token!, AccountLinks.ResetLife);
            return FlowAnswers.Continue($"{settings.Issuer}{Address}");
        }

        Token = Token is null ? cookies.Read(HttpContext, Cookies.Link) : null;
        if (await links.FindAsync(Token, purpose, ct) is not { } email)
        {
            return Refuse();
        }

        Email = email;
        return Page();
    }

    private PageResult Again(Reason reason)
    {
        Error = reason.Person;
        Response.StatusCode = reason == Reasons.SignInBusy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status400BadRequest;
        return Page();
    }

    private PageAnswer Refuse() =>
        new(new ErrorPage(new Refusal(Reasons.AccountLinkInvalid), story.Reference, StatusCodes.Status404NotFound));
}
