using KOauth.Clients;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.Keys;
using KOauth.Protocol;

namespace KOauth.OAuth.Token;

/// <summary>
/// What a client shows for a person having signed in here: the ID token, or, when that has expired, the live refresh token of the same
/// connection. Showing it changes nothing; the connection must stand, and be this client's.
/// </summary>
internal sealed class SignInEvidence(OwnSignatures signatures, RefreshTokens refreshTokens, ILedger ledger, KOauthSettings settings, TimeProvider clock)
{
    public const string IdTokenType = "urn:ietf:params:oauth:token-type:id_token";
    public const string RefreshTokenType = "urn:ietf:params:oauth:token-type:refresh_token";

    private const int LongestIdToken = 16 * 1024;

    public Task<Outcome<Grant>> CheckAsync(string type, string token, Client client, byte[]? provedKey, CancellationToken ct) =>
        type == IdTokenType ? OfIdTokenAsync(token, client, ct) : OfRefreshTokenAsync(token, client, provedKey, ct);

    private async Task<Outcome<Grant>> OfIdTokenAsync(string idToken, Client client, CancellationToken ct)
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
            && await StandingAsync(id, client, ct) is { } grant
            && grant.UserId.ToString() == jws.Claim("sub")
                ? grant
                : Invalid("The connection that the ID token was made for has ended.");
    }

    private async Task<Outcome<Grant>> OfRefreshTokenAsync(string token, Client client, byte[]? provedKey, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!refreshTokens.TryRead(token, out var id, out var generation)
            || await StandingAsync(id, client, ct) is not { } grant
            || now >= grant.ExpiresAt
            || now - grant.LastUsedAt > settings.RefreshTokenIdle)
        {
            return Invalid("It is no refresh token of this client's, or its connection has ended.");
        }

        // No grace here: whoever holds the connection has the newest.
        if (generation != grant.Generation)
        {
            return Invalid("The refresh token was superseded.");
        }

        if (grant.Binding is { } binding && !provedKey.AsSpan().SequenceEqual(binding))
        {
            return Reasons.RefreshOfAnotherKey;
        }

        return ScopeSet.Parse(grant.Scopes).Contains(ScopeSet.OpenId) ? grant : Invalid("The person did not sign in to the client: the connection has no scope openid.");
    }

    private async Task<Grant?> StandingAsync(Guid id, Client client, CancellationToken ct) =>
        await ledger.FindAsync(id, ct) is { IsAlive: true, IsClientActive: true, Grant: var grant } && grant.ClientKey == client.Key ? grant : null;

    private static Refusal Invalid(string detail) => new(Reasons.ExchangeSubjectInvalid) { Detail = detail };
}
