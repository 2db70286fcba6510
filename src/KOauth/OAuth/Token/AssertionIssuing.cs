using System.Buffers.Text;
using KOauth.Clients;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.Keys;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.Token;

/// <summary>
/// The identity provider's side of enterprise-managed authorization: for a person who signed in here, a client gets an assertion
/// (ID-JAG) that another authorization server takes instead of asking the person. To which servers is an administrator's word.
/// </summary>
internal sealed class AssertionIssuing(
    OwnSignatures signatures, ILedger ledger, TokenSigner signer, KOauthSettings settings, Randomness randomness, TimeProvider clock)
{
    public const string AssertionType = "urn:ietf:params:oauth:token-type:id-jag";
    public const string IdTokenType = "urn:ietf:params:oauth:token-type:id_token";

    private const int LongestIdToken = 16 * 1024;
    private const int LongestScope = 1000;

    private static readonly TimeSpan _life = TimeSpan.FromMinutes(5);

    public async Task<Outcome<Decision>> DecideAsync(string idToken, OAuthForm request, Client client, Story story, CancellationToken ct)
    {
        if (!(await CheckAsync(idToken, client, ct)).Ok(out var grant, out var refusal))
        {
            return refusal;
        }

        story.Continue(grant.Story);
        if (request["audience"] is not { } audience || client.ExchangeTargets?.Contains(ExchangeRules.Issuer(audience)) != true)
        {
            var allowed = (client.ExchangeTargets ?? []).Where(t => t.StartsWith(ExchangeRules.IssuerPrefix, StringComparison.Ordinal));
            return new Refusal(Reasons.ExchangeTargetNotAllowed)
            {
                Expected = $"audience, one of: {string.Join(", ", allowed.Select(t => t[ExchangeRules.IssuerPrefix.Length..]))}",
                Received = request["audience"] is { Length: > 300 } words ? words[..300] : request["audience"],
            };
        }

        // One resource, as our own side of it asks (docs/decisions/0018-assertions.md). Which exist there, and their scopes, that server knows.
        if (request.Resources is not [var resource] || !ResourceUri.Parse(resource).Ok(out _, out _) || request["scope"] is { Length: > LongestScope })
        {
            return new Refusal(Reasons.ExchangeTargetNotAllowed) { Expected = $"one resource, and a scope of at most {LongestScope} characters", Received = $"{request.Resources.Count} resources" };
        }

        story.Resource = resource;
        var scope = ScopeSet.Parse(request["scope"]).ToString();
        story.Tell(StoryEvents.AssertionIssued, "An assertion about the person was issued for another authorization server", ("audience", audience), ("scopes", scope));
        var assertion = signer.Sign(SigningAlgorithms.ES256, IdentityAssertion.Type, Claims(grant, client, audience, resource, scope, request.ProvedKey));
        return new DecidedAssertion(new TokenAnswer(assertion, "N_A", (long)_life.TotalSeconds, scope, null, null, AssertionType));
    }

    /// <summary>The connection behind an ID token of this server for this client, while it stands.</summary>
    private async Task<Outcome<Grant>> CheckAsync(string idToken, Client client, CancellationToken ct)
    {
        var jws = CompactJws.Read(idToken, LongestIdToken, out _);
        if (jws is null
            || jws.Type != IdTokens.Type
            || jws.Claim("iss") != settings.Issuer.Value
            || jws.Claim("aud") != client.ClientId
            || !await signatures.MadeAsync(jws, SigningAlgorithms.All))
        {
            return Invalid("It is no ID token of this server for this client.");
        }

        if (jws.Instant("exp") is not { } until || until <= clock.GetUtcNow())
        {
            return Invalid("The ID token has expired.");
        }

        return Guid.TryParseExact(jws.Claim("connection"), "N", out var id)
            && await ledger.FindAsync(id, ct) is { IsAlive: true, IsClientActive: true, Grant: var grant }
            && grant.ClientKey == client.Key
            && grant.UserId.ToString() == jws.Claim("sub")
                ? grant
                : Invalid("The connection that the ID token was made for has ended.");
    }

    private Dictionary<string, object> Claims(Grant grant, Client client, string audience, string resource, string scope, byte[]? key)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = settings.Issuer.Value,
            ["sub"] = grant.UserId.ToString(),
            ["aud"] = audience,
            ["client_id"] = client.ClientId,
            ["resource"] = resource,
            ["jti"] = randomness.Text(16),
            ["iat"] = now,
            ["exp"] = now + (long)_life.TotalSeconds,
            ["auth_time"] = grant.AuthenticatedAt.ToUnixTimeSeconds(),
        };
        if (scope.Length > 0)
        {
            claims["scope"] = scope;
        }

        if (key is not null)
        {
            claims["cnf"] = new Dictionary<string, object> { ["jkt"] = Base64Url.EncodeToString(key) };
        }

        return claims;
    }

    private static Refusal Invalid(string detail) => new(Reasons.ExchangeSubjectInvalid) { Detail = detail };
}
