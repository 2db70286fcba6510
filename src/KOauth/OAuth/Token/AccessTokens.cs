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
    public const string Type = "at+jwt";

    public TokenAnswer Mint(DecidedGrant decided, Client client)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var life = (long)settings.AccessTokenLifetime.TotalSeconds;
        var scope = decided.Scopes.ToString();
        var accessToken = signer.Sign("ES256", Type, new Dictionary<string, object>
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
        });
        return new TokenAnswer(
            accessToken,
            life,
            scope,
            decided.RefreshGeneration is { } generation ? refreshTokens.Make(decided.Grant.Id, generation) : null,
            decided.IdToken?.Invoke(accessToken));
    }
}
