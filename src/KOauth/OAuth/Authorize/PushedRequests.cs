using System.Text.Encodings.Web;
using System.Text.Json;
using KOauth.Clients;
using KOauth.Grants;
using KOauth.Keys;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.Authorize;

/// <summary>
/// Pushed requests travel sealed in their <c>request_uri</c>, so that pushing writes nothing and a million of them cost nothing.
/// The URI may be loaded again within its minute, as a browser does (RFC 9126 §4), until its answer was used: all tickets of it
/// are for one grant. See docs/decisions/0014-pushed-requests.md.
/// </summary>
internal sealed class PushedRequests(Sealer sealer, Flows flows, Randomness randomness, TimeProvider clock)
{
    public const string Prefix = "urn:ietf:params:oauth:request_uri:";
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    /// <summary>With the issuer, the client's id and the path it must fit into <see cref="AuthorizeRequest.MaxLength"/>.</summary>
    private const int MaxLength = 24_000;

    private static readonly JsonSerializerOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Seals a request that was checked.</summary>
    public Outcome<string> Seal(AuthorizeRequest request, Client client, Story story)
    {
        var pushed = new PushedRequest
        {
            ClientKey = client.Key,
            ClientId = client.ClientId,
            GrantId = randomness.Id(),
            Story = story.Reference,
            At = clock.GetUtcNow(),
            Parameters = request.ToParameters(),
        };
        var requestUri = Prefix + sealer.Seal(SealPurpose.PushedRequest, JsonSerializer.SerializeToUtf8Bytes(pushed, _json));
        return requestUri.Length <= MaxLength ? requestUri : Reasons.RequestTooLarge;
    }

    /// <summary>
    /// The pushed request in place of the one that names it, whose other parameters mean nothing (RFC 9126 §4); any other request
    /// as it is. A <c>request_uri</c> that is not of our own making stays in the request, where it is refused, and is never fetched.
    /// </summary>
    public async ValueTask<Outcome<AuthorizeRequest>> UnwrapAsync(AuthorizeRequest request, Story story, CancellationToken ct)
    {
        if (request["request_uri"] is not { } requestUri || !requestUri.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return request;
        }

        if (request.Repeated is { } repeated)
        {
            return new Refusal(Reasons.ParameterRepeated) { Received = repeated };
        }

        if (request["client_id"] is not { } clientId)
        {
            return Reasons.ClientIdMissing;
        }

        if (!sealer.TryOpen(SealPurpose.PushedRequest, requestUri[Prefix.Length..], out var content))
        {
            return Reasons.PushedRequestUnreadable;
        }

        var pushed = JsonSerializer.Deserialize<PushedRequest>(content, _json)!;
        story.Continue(pushed.Story);
        if (pushed.ClientId != clientId)
        {
            return Reasons.PushedRequestOfAnotherClient;
        }

        return await flows.IsSpentAsync(pushed.GrantId, ct) ? Reasons.TicketSpent : AuthorizeRequest.Of(pushed);
    }

    /// <summary>What stands against the way the request came, once it is known where a refusal may be sent.</summary>
    public Refusal? Fault(AuthorizeRequest request, Client client)
    {
        if (request.Pushed is not { } pushed)
        {
            return client.RequiresPushedRequests
                ? new Refusal(Reasons.PushedRequestRequired) { Fix = $"koauth client update {client.ClientId} --require-par=false" }
                : null;
        }

        if (pushed.ClientKey != client.Key)
        {
            return new Refusal(Reasons.PushedRequestOfAnotherClient); // the same id, registered anew
        }

        return clock.GetUtcNow() - pushed.At > Life ? new Refusal(Reasons.PushedRequestExpired) : null;
    }
}
