using System.Globalization;
using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Stories;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KOauth.Account.Password;

internal sealed class PasswordModel(Sessions sessions, PasswordChange change, KOauthSettings settings, Story story)
    : PersonalPage(sessions, settings)
{
    [BindProperty(Name = "old")]
    public string? Old { get; set; }

    [BindProperty(Name = "password")]
    public string? New { get; set; }

    [BindProperty(Name = "password_again")]
    public string? Again { get; set; }

    [BindProperty(Name = "everything")]
    public string? Everything { get; set; }

    public string? Error { get; private set; }

    public bool IsChanged { get; private set; }

    public void OnGet(string? changed) => IsChanged = changed is not null;

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (New != Again)
        {
            return Refuse(new Refusal(Reasons.PasswordsDiffer));
        }

        return await change.ChangeAsync(HttpContext, Person, Old, New, Everything is not null, ct) is { } refusal
            ? Refuse(refusal)
            : FlowAnswers.Continue(PathTo("/account/password?changed=yes"));
    }

    private PageResult Refuse(Refusal refusal)
    {
        if (refusal.Reason == Reasons.SignInFailed)
        {
            story.User = Person.Email;
            story.Tell(StoryEvents.LoginFailed, refusal);
            Error = "The old password is not right.";
        }
        else
        {
            Error = refusal.Reason.Person;
        }

        Response.StatusCode = refusal.Reason == Reasons.SignInThrottled ? StatusCodes.Status429TooManyRequests
            : refusal.Reason == Reasons.SignInBusy ? StatusCodes.Status503ServiceUnavailable
            : StatusCodes.Status400BadRequest;
        if (refusal.RetryAfter is { } wait)
        {
            Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return Page();
    }
}
