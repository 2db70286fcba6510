using KOauth.Clients;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth;

/// <summary>
/// Who is asking (RFC 6749 §2.3). Basic and post are the same to a client with a secret, whatever it registered; a public client
/// proves nothing and must not pretend to. A failed proof never falls back to a weaker one.
/// </summary>
internal sealed class ClientAuthentication(ClientDirectory clients, TimeProvider clock)
{
    public async ValueTask<Outcome<Client>> AuthenticateAsync(OAuthForm form, Story story, CancellationToken ct)
    {
        if (form.Has("client_assertion") || form.Has("client_assertion_type"))
        {
            return Reasons.AssertionUnsupported;
        }

        if (form.Authorization is null)
        {
            return form["client_id"] is { } id ? await CheckAsync(id, form["client_secret"], story, ct) : Reasons.ClientIdMissing;
        }

        if (form["client_secret"] is not null)
        {
            return Reasons.CredentialsTwice; // RFC 6749 §2.3: one method a request
        }

        if (!BasicCredentials.Parse(form.Authorization).Ok(out var basic, out var refusal))
        {
            return refusal;
        }

        // Form-encoded as RFC 6749 §2.3.1 asks, or raw as some SDKs send it.
        var credentials = await clients.FindAsync(basic.DecodedId, ct) is not null ? (Id: basic.DecodedId, Secret: basic.DecodedSecret) : (basic.Id, basic.Secret);
        if (form["client_id"] is { } named && named != credentials.Id)
        {
            return new Refusal(Reasons.ClientIdContradiction);
        }

        var decoded = await CheckAsync(credentials.Id, NullIfEmpty(credentials.Secret), story, ct);
        return basic.Secret != credentials.Secret && !decoded.Ok(out _, out var why) && why.Reason == Reasons.SecretWrong
            ? await CheckAsync(credentials.Id, NullIfEmpty(basic.Secret), story, ct)
            : decoded;
    }

    private async ValueTask<Outcome<Client>> CheckAsync(string id, string? secret, Story story, CancellationToken ct)
    {
        if (await clients.FindAsync(id, ct) is not { } client)
        {
            return await UnknownClient.ExplainAsync(clients, id, ct);
        }

        story.ClientId = client.ClientId;
        var refusal = client switch
        {
            { IsPublic: true } => secret is null ? null : new Refusal(Reasons.SecretUnexpected) { Fix = "Leave the secret empty in the app." },
            { HasSecret: true } => await CheckSecretAsync(client, secret, ct),
            _ => new Refusal(Reasons.AssertionUnsupported),
        };
        if (refusal is not null)
        {
            return refusal with { Expected = $"registered for {client.AuthMethod}" };
        }

        return client.Active
            ? client
            : new Refusal(Reasons.ClientInactive) { Fix = $"koauth client update {client.ClientId} --active" };
    }

    private async ValueTask<Refusal?> CheckSecretAsync(Client client, string? secret, CancellationToken ct)
    {
        if (secret is null)
        {
            return new Refusal(Reasons.SecretMissing) { Received = "no secret" };
        }

        var check = SecretCheck.Of(client, secret, clock.GetUtcNow());
        if (check.Matches)
        {
            return null;
        }

        // Told to the owner only, and without the secret: which of the usual mistakes it was.
        var owner = check.Sentence is null ? await clients.OwnerOfAsync(secret, ct) : null;
        return new Refusal(Reasons.SecretWrong)
        {
            Detail = owner is null ? check.Sentence : $"It is the secret of another client: {owner}.",
        };
    }

    private static string? NullIfEmpty(string secret) => secret.Length == 0 ? null : secret;
}
