using System.Buffers.Text;
using KOauth.Clients;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.Keys;
using KOauth.Protocol;

namespace KOauth.OAuth.Token;

/// <summary>What an access token says is decided here and nowhere else (RFC 9068 §2.2).</summary>
internal sealed class AccessTokens(
    TokenSigner signer, RefreshTokens refreshTokens, KOauthSettings settings, Randomness randomness, TimeProvider clock)
{
    /// <param name="decided">What the grant decided.</param>
    /// <param name="client">Who gets it.</param>
    /// <param name="key">The thumbprint of the key it is bound to (RFC 9449 §6.1), or null for a bearer token.</param>
    public TokenAnswer Mint(DecidedGrant decided, Client client, byte[]? key)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var life = (long)settings.AccessTokenLifetime.TotalSeconds;
        if (decided.ExpiresAtMost is { } most)
        {
            life = Math.Min(life, most.ToUnixTimeSeconds() - now);
        }

        var scope = decided.Scopes.ToString();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = settings.Issuer.Value,
            ["sub"] = decided.Grant.UserId.ToString(),
            ["aud"] = decided.Audience.Value,
            ["client_id"] = client.ClientId,
            ["iat"] = now,
            ["exp"] = now + life,
            ["jti"] = randomness.Text(16),
            ["scope"] = scope,
            ["grant_id"] = decided.Grant.Id.ToString("N"),
        };
        if (decided.Actor is { } actor)
        {
            claims["act"] = actor;
        }

        if (key is not null)
        {
            claims["cnf"] = new Dictionary<string, object> { ["jkt"] = Base64Url.EncodeToString(key) };
        }

        var accessToken = signer.Sign("ES256", OwnTokens.Type, claims);
        return new TokenAnswer(
            accessToken,
            key is null ? "Bearer" : "DPoP",
            life,
            scope,
            decided.RefreshGeneration is { } generation ? refreshTokens.Make(decided.Grant.Id, generation) : null,
            decided.IdToken?.Invoke(accessToken),
            decided.IssuedTokenType);
    }
}
