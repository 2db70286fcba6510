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
    SignInEvidence evidence, TokenSigner signer, KOauthSettings settings, Randomness randomness, TimeProvider clock)
{
    public const string AssertionType = "urn:ietf:params:oauth:token-type:id-jag";

    private const int LongestScope = 1000;

    private static readonly TimeSpan _life = TimeSpan.FromMinutes(5);

    public async Task<Outcome<Decision>> DecideAsync(string type, string token, OAuthForm request, Client client, Story story, CancellationToken ct)
    {
        if (!(await evidence.CheckAsync(type, token, client, request.ProvedKey, ct)).Ok(out var grant, out var refusal))
        {
            return refusal;
        }

        if (IssuerTarget.Of(client).FirstOrDefault(t => t.Issuer == request["audience"]) is not { } target)
        {
            return new Refusal(Reasons.ExchangeTargetNotAllowed)
            {
                Expected = $"audience, one of: {string.Join(", ", IssuerTarget.Of(client).Select(t => t.Issuer))}",
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
        story.Continue(grant.Story); // not earlier: what is asked wrongly is no trouble of the person's connection
        story.Tell(StoryEvents.AssertionIssued, "An assertion about the person was issued for another authorization server", ("audience", target.Issuer), ("scopes", scope));
        var assertion = signer.Sign(SigningAlgorithms.ES256, IdentityAssertion.Type, Claims(grant, target.ClientId ?? client.ClientId, target.Issuer, resource, scope, request.ProvedKey));
        return new DecidedAssertion(new TokenAnswer(assertion, "N_A", (long)_life.TotalSeconds, scope, null, null, AssertionType));
    }

    private Dictionary<string, object> Claims(Grant grant, string clientId, string audience, string resource, string scope, byte[]? key)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = settings.Issuer.Value,
            ["sub"] = grant.UserId.ToString(),
            ["aud"] = audience,
            ["client_id"] = clientId,
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
}
