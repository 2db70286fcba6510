using KOauth.Clients;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Stories;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KOauth.Account.Consent;

[IgnoreAntiforgeryToken]
[LeavesTheSite]
internal sealed class ConsentModel(
    Flows flows,
    Sessions sessions,
    ClientDirectory clients,
    Audiences audiences,
    Access access,
    Approval approval,
    StepUp stepUp,
    KOauthSettings settings,
    TimeProvider clock,
    Story story) : PageModel
{
    [BindProperty(Name = "flow", SupportsGet = true)]
    public string? Flow { get; set; }

    [BindProperty(Name = "decision")]
    public string? Decision { get; set; }

    public string Action => $"{settings.Issuer.Path}/account/consent";

    public string ServerHost => settings.Issuer.Host;

    /// <summary>Leads to the sign-in page of the same flow.</summary>
    public string AnotherAccountUrl { get; private set; } = "";

    public SignedIn Person { get; private set; } = null!;

    public RequestingApp App { get; private set; } = null!;

    public string ReturnsTo { get; private set; } = "";

    /// <summary>The known application whose name this one uses without being it.</summary>
    public string? PretendsToBe { get; private set; }

    /// <summary>The device that waits for the answer; null when a browser is sent back.</summary>
    public WaitingDevice? Device { get; private set; }

    public int DeviceMinutes => Device is null ? 0 : (int)(clock.GetUtcNow() - Device.Since).TotalMinutes;

    /// <summary>Null when the application only wants to know who the person is.</summary>
    public string? ResourceName { get; private set; }

    public string? ResourceUrl { get; private set; }

    public IReadOnlyList<Permission> Permissions { get; private set; } = [];

    /// <summary>The application is connected and wants more than it has.</summary>
    public bool AsksForMore { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var (question, ending) = await OpenAsync(ct);
        if (question is null)
        {
            return ending!;
        }

        story.Tell(StoryEvents.ConsentShown, "Consent page shown", ("scopes", question.Ticket.Scopes));
        return await ShowAsync(question, ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var (question, ending) = await OpenAsync(ct);
        if (question is null)
        {
            return ending!;
        }

        var (ticket, client, person) = question;
        if (ticket.ShownTo is not { } shownTo)
        {
            return Refuse(new Refusal(Reasons.TicketInvalid) { Detail = "The ticket was never shown on a consent page." });
        }

        if (shownTo != person.UserId)
        {
            return Refuse(new Refusal(Reasons.TicketOfAnotherUser));
        }

        switch (Decision)
        {
            case "approve":
                return (await approval.ApproveAsync(ticket, client, person, Approval.ByPerson, story, ct)).Ok(out var url, out var refusal)
                    ? new PageAnswer(new BackToApp(url, client.Name))
                    : Refuse(refusal);
            case "deny":
                return new PageAnswer(new BackToApp(await approval.DenyAsync(ticket, story, ct), client.Name));
            default:
                return await ShowAsync(question, ct);
        }
    }

    /// <summary>The request and who answers it, or the answer to give instead.</summary>
    private async Task<(Question? Question, IActionResult? Ending)> OpenAsync(CancellationToken ct)
    {
        if (!(await flows.OpenAsync(Flow, HttpContext, ct)).Ok(out var ticket, out var refusal))
        {
            return (null, Refuse(refusal));
        }

        story.Continue(ticket.Story);
        if (await clients.FindAsync(ticket.ClientKey, ct) is not { } client)
        {
            return (null, Refuse(new Refusal(Reasons.ClientUnknown)));
        }

        story.ClientId = client.ClientId;
        if (await sessions.FindAsync(HttpContext, ct) is not { } person || person.AuthenticatedAt < ticket.AuthenticatedAfter)
        {
            return (null, FlowAnswers.Continue(flows.ContinueUrl(ticket))); // the dispatcher knows what is missing
        }

        story.User = person.Email;
        return (new Question(ticket, client, person), null);
    }

    private async Task<IActionResult> ShowAsync(Question question, CancellationToken ct)
    {
        var (ticket, client, person) = question;
        if (await audiences.FindAsync(ticket.ResourceKey, client, ct) is not { } audience)
        {
            return Refuse(new Refusal(Reasons.ResourceUnknown));
        }

        if (await access.CheckPersonAsync(person.UserId, audience, ct) is not null)
        {
            return FlowAnswers.Continue(flows.ContinueUrl(ticket with { ShownTo = null, Granting = null })); // the dispatcher knows the page that says so
        }

        Person = person;
        App = RequestingApp.Of(client);
        Device = ticket.Device;
        ReturnsTo = RequestingApp.ReturnsTo(ticket.RedirectUri);
        PretendsToBe = App.IsSelfAsserted ? BorrowedNames.OwnerOf(client.Name, ticket.RedirectUri)?.Name : null;
        ResourceName = audience.Key == Audience.IssuerKey ? null : audience.Name;
        ResourceUrl = audience.Resource?.Uri;
        var wish = await stepUp.WishAsync(ticket, client, audience, person, ct);
        AsksForMore = wish.Has.Count > 0 && !wish.Scopes.IsSubsetOf(wish.Has);
        Permissions = ScopesInWords.Of(wish, audience.Resource, person, client.GrantTypes.Contains("refresh_token"));
        AnotherAccountUrl = $"{settings.Issuer.Path}/account/login?flow={flows.Seal(ticket with { ShownTo = null, Granting = null })}";
        Flow = flows.Seal(ticket with { ShownTo = person.UserId, Granting = wish.Scopes.ToString() });
        return Page();
    }

    private IActionResult Refuse(Refusal refusal) => FlowAnswers.Refuse(refusal, story, StoryEvents.AuthorizeRefused);

    private sealed record Question(FlowTicket Ticket, Client Client, SignedIn Person);
}
