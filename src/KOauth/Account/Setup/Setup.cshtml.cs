using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Stories;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KOauth.Account.Setup;

internal sealed class SetupModel(SetupLinks links, Sessions sessions, KOauthSettings settings, Story story) : PageModel
{
    [BindProperty(Name = "token", SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty(Name = "email")]
    public string? Email { get; set; }

    [BindProperty(Name = "password")]
    public string? Password { get; set; }

    [BindProperty(Name = "password_again")]
    public string? PasswordAgain { get; set; }

    public string Action => $"{settings.Issuer.Path}/account/setup";

    public string? Error { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) =>
        await links.IsValidAsync(Token, ct) ? Page() : Refuse(new Refusal(Reasons.SetupLinkInvalid));

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await links.IsValidAsync(Token, ct))
        {
            return Refuse(new Refusal(Reasons.SetupLinkInvalid));
        }

        if (Password != PasswordAgain)
        {
            return Again(new Refusal(Reasons.PasswordsDiffer));
        }

        if (!(await links.ClaimAsync(Token, Email ?? "", Password ?? "", ct)).Ok(out var user, out var refusal))
        {
            return refusal.Reason == Reasons.SetupLinkInvalid ? Refuse(refusal) : Again(refusal);
        }

        await sessions.StartAsync(HttpContext, user, ct);
        return FlowAnswers.Continue($"{settings.Issuer}/account");
    }

    private PageResult Again(Refusal refusal)
    {
        Error = refusal.Reason.Person;
        Response.StatusCode = refusal.Reason == Reasons.SignInBusy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status400BadRequest;
        return Page();
    }

    private PageAnswer Refuse(Refusal refusal) =>
        new(new ErrorPage(refusal, story.Reference, StatusCodes.Status404NotFound));
}
