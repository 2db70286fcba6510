using System.Globalization;
using KOauth.Clients;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Stories;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KOauth.Account.Device;

[IgnoreAntiforgeryToken]
internal sealed class DeviceModel(
    TypedCodes codes, Flows flows, Sessions sessions, BrowserCookie browser, ClientDirectory clients, KOauthSettings settings, TimeProvider clock, Story story)
    : PageModel
{
    [BindProperty(Name = "user_code", SupportsGet = true)]
    public string? UserCode { get; set; }

    /// <summary>How a flow that began here ended.</summary>
    [BindProperty(Name = "answer", SupportsGet = true)]
    public string? Answer { get; set; }

    /// <summary>Proves that the form came from here: another site cannot make its visitors guess.</summary>
    [BindProperty(Name = "proof")]
    public string? Proof { get; set; }

    public string Action => $"{settings.Issuer.Path}/account/device";

    public string? Error { get; private set; }

    public bool IsPrefilled { get; private set; }

    /// <summary>For strangers who must wait because of other strangers.</summary>
    public string? SignInUrl { get; private set; }

    public IActionResult OnGet()
    {
        if (!settings.DeviceGrant)
        {
            return NotFound();
        }

        UserCode = Protocol.UserCode.Read(UserCode) is { } code ? Protocol.UserCode.Shown(code) : null;
        IsPrefilled = UserCode is not null;
        return Show();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!settings.DeviceGrant)
        {
            return NotFound();
        }

        Answer = null;
        if (!browser.Proves(HttpContext, Proof))
        {
            return Refuse(new Refusal(Reasons.FormForeign));
        }

        if (Protocol.UserCode.Read(UserCode) is not { } code)
        {
            return Refuse(new Refusal(Reasons.UserCodeUnknown) { Detail = "It is not eight letters such as WDJB-MJHT." });
        }

        var person = await sessions.FindAsync(HttpContext, ct);
        if (!(await codes.FindAsync(code, person, HttpContext, ct)).Ok(out var device, out var refusal))
        {
            SignInUrl = refusal.Reason == Reasons.UserCodeThrottled && person is null ? $"{settings.Issuer.Path}/account/login" : null;
            return Refuse(refusal);
        }

        story.Continue(device.Story);
        story.ClientId = (await clients.FindAsync(device.ClientKey, ct))?.ClientId;
        story.User = person?.Email;
        story.Tell(StoryEvents.DeviceCodeTyped, "The code of the device was typed");
        return FlowAnswers.Continue(flows.ContinueUrl(TicketFor(device, code)));
    }

    private FlowTicket TicketFor(DeviceCode device, string code) => new()
    {
        GrantId = device.GrantId,
        ClientKey = device.ClientKey,
        ResourceKey = device.ResourceKey,
        RedirectUri = $"{settings.Issuer}/account/device", // nobody is sent anywhere with a code
        Scopes = device.Scopes,
        Challenge = [],
        Story = device.Story,
        At = clock.GetUtcNow(),
        Browser = browser.Ensure(HttpContext),
        Device = new WaitingDevice(device.Hash, code, device.Address, device.CreatedAt),
    };

    private PageResult Refuse(Refusal refusal)
    {
        story.Tell(StoryEvents.DeviceRefused, refusal);
        Error = refusal.Reason.Person;
        Response.StatusCode = refusal.Reason == Reasons.UserCodeThrottled ? StatusCodes.Status429TooManyRequests : StatusCodes.Status400BadRequest;
        if (refusal.RetryAfter is { } wait)
        {
            Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return Show();
    }

    private PageResult Show()
    {
        Proof = browser.FormProof(HttpContext);
        return Page();
    }
}
