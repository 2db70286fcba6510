using System.Text.Json;
using KOauth.Clients;
using KOauth.Data;
using KOauth.Hosting;
using KOauth.Keys;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Grants;

/// <summary>
/// Reads access tokens of this server that come back to it. Whatever the token says is asked again of the rows behind it: the grant,
/// the person, the client, and whether the token was revoked. A bound token's proof is for the caller to check.
/// </summary>
internal sealed class OwnTokens(
    OwnSignatures signatures, ILedger ledger, ClientDirectory clients, IDbContextFactory<KOauthDb> databases, KOauthSettings settings, TimeProvider clock)
{
    public const string Type = "at+jwt";

    private const int LongestToken = 8 * 1024;

    /// <summary>The token, or <see cref="Reasons.AccessTokenInvalid"/> with what is wrong with it.</summary>
    public async ValueTask<Outcome<OwnToken>> CheckAsync(string text, CancellationToken ct)
    {
        if (CompactJws.Read(text, LongestToken, out var problem) is not { } jws)
        {
            return Invalid(problem);
        }

        // The type keeps ID tokens, logout tokens and assertions out (RFC 9068 §4).
        if (jws.Type != Type || jws.Claim("iss") != settings.Issuer.Value || !await signatures.MadeAsync(jws, SigningAlgorithms.ES256))
        {
            return Invalid("it is no access token of this server, or of a key that is gone");
        }

        if (jws.Instant("exp") is not { } until || until <= clock.GetUtcNow())
        {
            return Invalid("it has expired");
        }

        if (jws.Claim("sub") is not { } subject || jws.Claim("client_id") is not { } clientId
            || jws.Claim("aud") is not { } audience || jws.Claim("jti") is not { } id)
        {
            return Invalid("it lacks a claim");
        }

        var token = new OwnToken(jws, subject, clientId, audience, id, until);
        return await WhyNotAsync(token, ct) is { } why ? Invalid(why) : token;
    }

    private async ValueTask<string?> WhyNotAsync(OwnToken token, CancellationToken ct)
    {
        if (await clients.FindAsync(token.ClientId, ct) is not { Active: true })
        {
            return "its client is inactive or gone";
        }

        if (token.Jws.Claim("grant_id") is { } grantId)
        {
            if (!Guid.TryParseExact(grantId, "N", out var id)
                || await ledger.FindAsync(id, ct) is not { } record
                || !record.IsAlive
                || !record.IsClientActive
                || record.Grant.UserId.ToString() != token.Subject)
            {
                return "its connection has ended";
            }

            token.Grant = record.Grant;
        }
        else if (token.Subject != token.ClientId)
        {
            return "it belongs to no connection";
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.DeniedTokens.AnyAsync(d => d.Jti == token.Id, ct) ? "it was revoked" : null;
    }

    private static Refusal Invalid(string problem) => new(Reasons.AccessTokenInvalid) { Detail = $"The token: {problem}." };
}

/// <summary>An access token of this server that holds.</summary>
internal sealed record OwnToken(CompactJws Jws, string Subject, string ClientId, string Audience, string Id, DateTimeOffset ExpiresAt)
{
    /// <summary>The connection behind it; null for a service's own token.</summary>
    public Grant? Grant { get; set; }

    public ScopeSet Scopes => ScopeSet.Parse(Jws.Claim("scope"));

    /// <summary>The thumbprint of the key it is bound to, or null.</summary>
    public string? Thumbprint => Jws.Payload.TryGetProperty("cnf", out var cnf) ? CompactJws.StringOf(cnf, "jkt") : null;

    /// <summary>Who acts for the person, and behind them those before (RFC 8693 §4.1); null when it was never exchanged.</summary>
    public JsonElement? Actor => Jws.Payload.TryGetProperty("act", out var actor) ? actor : null;
}
