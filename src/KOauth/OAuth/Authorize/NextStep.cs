using KOauth.Clients;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.Authorize;

/// <summary>
/// The dispatcher: looks at what is missing and sends the browser there. The pages never call each other; each comes back here
/// with its ticket, so no step can be skipped.
/// </summary>
internal sealed class NextStep(
    ClientDirectory clients, Audiences audiences, Access access, Sessions sessions, Approval approval, StepUp stepUp, Flows flows, KOauthSettings settings)
{
    public async ValueTask<Outcome<Client>> FindClientAsync(FlowTicket ticket, Story story, CancellationToken ct)
    {
        if (await clients.FindAsync(ticket.ClientKey, ct) is not { } client)
        {
            return Reasons.ClientUnknown;
        }

        story.ClientId = client.ClientId;
        return client.Active ? client : new Refusal(Reasons.ClientInactive) { Fix = $"koauth client update {client.ClientId} --active" };
    }

    public async Task<IResult> DecideAsync(
        FlowTicket ticket, Client client, Prompt prompt, HttpContext http, Story story, CancellationToken ct)
    {
        var person = await sessions.FindAsync(http, ct);
        if (person is null || person.AuthenticatedAt < ticket.AuthenticatedAfter)
        {
            return prompt == Prompt.None ? Refuse(ticket, client, new Refusal(Reasons.LoginRequired), story) : Step("/account/login", ticket);
        }

        story.User = person.Email;
        var audience = await audiences.FindAsync(ticket.ResourceKey, client, ct);
        if (audience is not null && await access.CheckPersonAsync(person.UserId, audience, ct) is { } notAllowed)
        {
            return prompt == Prompt.None ? Refuse(ticket, client, notAllowed, story) : Step("/account/not-allowed", ticket);
        }

        var wish = audience is null ? null : await stepUp.WishAsync(ticket, client, audience, person, ct);
        var widened = ticket with { Granting = wish?.Scopes.ToString() };
        if (await approval.WithoutAskingAsync(widened, client, person, ct) is not { } how)
        {
            return prompt == Prompt.None ? Refuse(ticket, client, new Refusal(Reasons.ConsentRequired), story) : Step("/account/consent", ticket);
        }

        return (await approval.ApproveAsync(widened, client, person, how, story, ct)).Ok(out var url, out var refusal)
            ? new BackToApp(url, client.Name)
            : Refuse(ticket, client, refusal, story);
    }

    private SeeOther Step(string page, FlowTicket ticket) => new($"{settings.Issuer}{page}?flow={flows.Seal(ticket)}");

    private IResult Refuse(FlowTicket ticket, Client client, Refusal refusal, Story story) =>
        EarlyRefusal.For(refusal, client, ticket.RedirectUri, ticket.State, settings.Issuer, story);
}
