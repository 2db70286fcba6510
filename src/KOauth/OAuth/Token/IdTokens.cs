using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using KOauth.Clients;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.Keys;
using KOauth.Protocol;

namespace KOauth.OAuth.Token;

/// <summary>What an ID token says (OpenID Connect Core §2, §3.1.3.6): who signed in, when, for which client; nothing of the access token.</summary>
internal sealed class IdTokens(PersonClaims person, TokenSigner signer, KOauthSettings settings, TimeProvider clock)
{
    /// <summary>Keeps it apart from access tokens and assertions.</summary>
    public const string Type = "JWT";

    /// <summary>Reads the person now and signs when the access token is known.</summary>
    public async Task<Func<string, string>> PrepareAsync(Grant grant, Client client, ScopeSet scopes, string? nonce, CancellationToken ct)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = settings.Issuer.Value,
            ["sub"] = grant.UserId.ToString(),
            ["aud"] = client.ClientId,
            ["iat"] = now,
            ["exp"] = now + (long)settings.AccessTokenLifetime.TotalSeconds,
            ["auth_time"] = grant.AuthenticatedAt.ToUnixTimeSeconds(),
            ["connection"] = grant.Id.ToString("N"), // named otherwise than in access tokens, so that neither passes for the other
        };
        if (nonce is not null)
        {
            claims["nonce"] = nonce;
        }

        await person.AddToAsync(claims, grant.UserId, scopes, ct);
        return accessToken =>
        {
            // The left half of the hash of the access token, by the hash of the ID token's own algorithm.
            claims["at_hash"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)).AsSpan(0, 16));
            return signer.Sign("RS256", Type, claims);
        };
    }
}
