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
        var life = (long)settings.AccessTokenLifetime.TotalSeconds;
        if (decided.ExpiresAtMost is { } most)
        {
            life = Math.Min(life, most.ToUnixTimeSeconds() - clock.GetUtcNow().ToUnixTimeSeconds());
        }

        var claims = Claims(decided.Grant.UserId.ToString(), decided.Audience, client, decided.Scopes, life, key);
        claims["grant_id"] = decided.Grant.Id.ToString("N");
        if (decided.Actor is { } actor)
        {
            claims["act"] = actor;
        }

        var accessToken = signer.Sign("ES256", OwnTokens.Type, claims);
        return new TokenAnswer(
            accessToken,
            TypeOf(key),
            life,
            decided.Scopes.ToString(),
            decided.RefreshGeneration is { } generation ? refreshTokens.Make(decided.Grant.Id, generation) : null,
            decided.IdToken?.Invoke(accessToken),
            decided.IssuedTokenType);
    }

    /// <summary>A token of a service: its subject is the client itself (RFC 9068 §2.2).</summary>
    public TokenAnswer Mint(DecidedForClient decided, Client client, byte[]? key)
    {
        var life = (long)settings.AccessTokenLifetime.TotalSeconds;
        var claims = Claims(client.ClientId, decided.Audience, client, decided.Scopes, life, key);
        return new TokenAnswer(signer.Sign("ES256", OwnTokens.Type, claims), TypeOf(key), life, decided.Scopes.ToString(), null, null, null);
    }

    private static string TypeOf(byte[]? key) => key is null ? "Bearer" : "DPoP";

    private Dictionary<string, object> Claims(string subject, Audience audience, Client client, ScopeSet scopes, long life, byte[]? key)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = settings.Issuer.Value,
            ["sub"] = subject,
            ["aud"] = audience.Value,
            ["client_id"] = client.ClientId,
            ["iat"] = now,
            ["exp"] = now + life,
            ["jti"] = randomness.Text(16),
            ["scope"] = scopes.ToString(),
        };
        if (key is not null)
        {
            claims["cnf"] = new Dictionary<string, object> { ["jkt"] = Base64Url.EncodeToString(key) };
        }

        return claims;
    }
}
