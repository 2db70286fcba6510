using KOauth.Clients;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Stories;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KOauth.Account.NotAllowed;

[IgnoreAntiforgeryToken]
[LeavesTheSite]
internal sealed class NotAllowedModel(
    Flows flows, Sessions sessions, ClientDirectory clients, Audiences audiences, Access access, Approval approval, KOauthSettings settings, Story story)
    : PageModel
{
    [BindProperty(Name = "flow", SupportsGet = true)]
    public string? Flow { get; set; }

    public string Action => $"{settings.Issuer.Path}/account/not-allowed";

    public string ServerHost => settings.Issuer.Host;

    public string Reference => story.Reference;

    public SignedIn Person { get; private set; } = null!;

    public RequestingApp App { get; private set; } = null!;

    public string ResourceName { get; private set; } = "";

    public string? ResourceUrl { get; private set; }

    public string AnotherAccountUrl { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!(await OpenAsync(ct)).Ok(out var asked, out var refusal))
        {
            return FlowAnswers.Refuse(refusal, story, StoryEvents.AuthorizeRefused);
        }

        var (ticket, client) = asked;
        if (await sessions.FindAsync(HttpContext, ct) is not { } person
            || await audiences.FindAsync(ticket.ResourceKey, client, ct) is not { } audience
            || await access.CheckPersonAsync(person.UserId, audience, ct) is not { } notAllowed)
        {
            return FlowAnswers.Continue(flows.ContinueUrl(ticket)); // the dispatcher knows what is missing
        }

        story.User = person.Email;
        story.Resource = audience.Value;
        story.Tell(StoryEvents.AuthorizeRefused, notAllowed);
        Person = person;
        App = RequestingApp.Of(client);
        ResourceName = audience.Name;
        ResourceUrl = audience.Resource?.Uri;
        Flow = flows.Seal(ticket);
        AnotherAccountUrl = $"{settings.Issuer.Path}/account/login?flow={Flow}";
        return Page();
    }

    /// <summary>Back to the application, which is told no.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken ct) =>
        (await OpenAsync(ct)).Ok(out var asked, out var refusal)
            ? new PageAnswer(new BackToApp(await approval.DenyAsync(asked.Ticket, story, ct), asked.Client.Name))
            : FlowAnswers.Refuse(refusal, story, StoryEvents.AuthorizeRefused);

    private async Task<Outcome<Asked>> OpenAsync(CancellationToken ct)
    {
        if (!(await flows.OpenAsync(Flow, HttpContext, ct)).Ok(out var ticket, out var refusal))
        {
            return refusal;
        }

        story.Continue(ticket.Story);
        if (await clients.FindAsync(ticket.ClientKey, ct) is not { } client)
        {
            return Reasons.ClientUnknown;
        }

        story.ClientId = client.ClientId;
        return new Asked(ticket, client);
    }

    private sealed record Asked(FlowTicket Ticket, Client Client);
}
