using System.Globalization;
using KOauth.Clients;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Resources;
using KOauth.Stories;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KOauth.Account.Login;

[IgnoreAntiforgeryToken]
[LeavesTheSite]
internal sealed class LoginModel(
    SignIn signIn,
    Sessions sessions,
    BrowserCookie browser,
    Flows flows,
    ClientDirectory clients,
    ResourceDirectory resources,
    KOauthSettings settings,
    Story story) : PageModel
{
    [BindProperty(Name = "flow", SupportsGet = true)]
    public string? Flow { get; set; }

    [BindProperty(Name = "email")]
    public string? Email { get; set; }

    [BindProperty(Name = "password")]
    public string? Password { get; set; }

    /// <summary>Outside of a flow: proves that the form came from here (sign-in CSRF).</summary>
    [BindProperty(Name = "proof")]
    public string? Proof { get; set; }

    public string Action => $"{settings.Issuer.Path}/account/login";

    public string? Error { get; private set; }

    public RequestingApp? App { get; private set; }

    public string? ResourceName { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (string.IsNullOrEmpty(Flow))
        {
            return await sessions.FindAsync(HttpContext, ct) is null ? Show() : FlowAnswers.Continue($"{settings.Issuer}/account");
        }

        if (!(await flows.OpenAsync(Flow, HttpContext, ct)).Ok(out var ticket, out var refusal))
        {
            return FlowAnswers.Refuse(refusal, story, StoryEvents.LoginFailed);
        }

        await ReadAsync(ticket, ct);
        Email = ticket.LoginHint;
        return Show();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        FlowTicket? ticket = null;
        if (!string.IsNullOrEmpty(Flow))
        {
            if (!(await flows.OpenAsync(Flow, HttpContext, ct)).Ok(out ticket, out var wrong))
            {
                return FlowAnswers.Refuse(wrong, story, StoryEvents.LoginFailed);
            }

            await ReadAsync(ticket, ct);
        }
        else if (!browser.Proves(HttpContext, Proof))
        {
            return Refuse(new Refusal(Reasons.FormForeign));
        }

        if (!(await signIn.CheckAsync(Email, Password, HttpContext, ct)).Ok(out var user, out var refusal))
        {
            return Refuse(refusal);
        }

        await sessions.StartAsync(HttpContext, user, ct);
        story.User = user.Email;
        story.Tell(StoryEvents.LoginSucceeded, "Signed in");
        return FlowAnswers.Continue(ticket is null ? $"{settings.Issuer}/account" : flows.ContinueUrl(ticket));
    }

    private async Task ReadAsync(FlowTicket ticket, CancellationToken ct)
    {
        story.Continue(ticket.Story);
        if (await clients.FindAsync(ticket.ClientKey, ct) is { } client)
        {
            story.ClientId = client.ClientId;
            App = RequestingApp.Of(client);
        }

        ResourceName = (await resources.FindAsync(ticket.ResourceKey, ct))?.Name;
    }

    private PageResult Refuse(Refusal refusal)
    {
        story.Tell(StoryEvents.LoginFailed, refusal);
        Error = refusal.Reason.Person;
        Response.StatusCode = refusal.Reason == Reasons.SignInThrottled ? StatusCodes.Status429TooManyRequests
            : refusal.Reason == Reasons.SignInBusy ? StatusCodes.Status503ServiceUnavailable
            : StatusCodes.Status400BadRequest;
        if (refusal.RetryAfter is { } wait)
        {
            Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return Show();
    }

    private PageResult Show()
    {
        if (string.IsNullOrEmpty(Flow))
        {
            Proof = browser.FormProof(HttpContext);
        }

        return Page();
    }
}
