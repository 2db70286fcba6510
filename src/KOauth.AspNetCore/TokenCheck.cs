using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace KOauth.AspNetCore;

/// <summary>
/// Decides on an access token (RFC 9068 §4): its outside, a key the authorization server published, the signature, then issuer,
/// audience and time. Works without the authorization server once its keys are known.
/// </summary>
internal sealed class TokenCheck(SigningKeys keys, KeyProof proof, GrantWatch grants, IOptionsMonitor<KOauthOptions> monitor)
{
    private readonly JsonWebTokenHandler _jose = new() { MapInboundClaims = false };
    private readonly KOauthOptions _options = monitor.Get(KOauthDefaults.AuthenticationScheme);

    /// <summary>The identity the token stands for, or null and why.</summary>
    public async ValueTask<(ClaimsIdentity? Identity, TokenRefusal? Refusal)> CheckAsync(PresentedToken presented, HttpRequest request, CancellationToken ct)
    {
        if (CompactToken.TryRead(presented.Text, out var problem) is not { } token)
        {
            return (null, TokenRefusal.InvalidToken("This is not an access token of the kind this server accepts.", problem));
        }

        // RFC 9449 §7.2: as Bearer a bound token would be worth what it says to whoever copied it.
        if ((token.Thumbprint is not null) != presented.IsDPoP)
        {
            return (null, TokenRefusal.InvalidToken(presented.IsDPoP
                ? "The access token is not bound to a key. Send it as Bearer."
                : "The access token is bound to a key. Send it as DPoP and with a proof."));
        }

        if (token.Thumbprint is null && _options.RequireBoundTokens)
        {
            return (null, TokenRefusal.InvalidToken("This server takes only access tokens that are bound to a key (DPoP)."));
        }

        var key = await keys.FindAsync(token.KeyId, ct);
        if (key is null)
        {
            return (null, keys.AreKnown
                ? TokenRefusal.InvalidToken("The access token is signed with a key the authorization server does not publish.", $"its key is '{Printable.Of(token.KeyId)}'")
                : TokenRefusal.NoKeysYet);
        }

        if (!key.Allows(token.Algorithm))
        {
            return (null, TokenRefusal.InvalidToken("The access token is signed with an algorithm this server does not accept.", $"its algorithm is '{Printable.Of(token.Algorithm)}'"));
        }

        var result = await _jose.ValidateTokenAsync(token.Text, RulesWith(key));
        if (!result.IsValid)
        {
            if (result.Exception is SecurityTokenInvalidAudienceException)
            {
                grants.RefusedAudience(token.Text);
            }

            return (null, Explain(result));
        }

        // Last, so that only proofs of good tokens are remembered.
        if (token.Thumbprint is { } thumbprint && await proof.CheckAsync(request, token.Text, thumbprint) is { } refusal)
        {
            return (null, refusal);
        }

        return grants.HasEnded(result.ClaimsIdentity.FindFirst(GrantWatch.GrantClaim)?.Value, token.Text)
            ? (null, TokenRefusal.InvalidToken("The connection of this access token has ended."))
            : (result.ClaimsIdentity, null);
    }

    private TokenValidationParameters RulesWith(PublishedKey key) => new()
    {
        AuthenticationType = KOauthDefaults.AuthenticationScheme,
        NameClaimType = "sub",
        RoleClaimType = "roles",
        IssuerSigningKey = key.Key,
        TryAllIssuerSigningKeys = false,
        ValidAlgorithms = _options.Algorithms,
        ValidIssuer = _options.Issuer,
        ValidAudience = _options.Audience ?? _options.Resource,
        LifetimeValidator = IsWithinLifetime,
    };

    // The library's own check of the time cannot be given a clock.
    private bool IsWithinLifetime(DateTime? from, DateTime? until, SecurityToken token, TokenValidationParameters rules)
    {
        var now = _options.TimeProvider!.GetUtcNow().UtcDateTime;
        return until > now - _options.ClockSkew && (from is null || from <= now + _options.ClockSkew);
    }

    private TokenRefusal Explain(TokenValidationResult result)
    {
        var token = result.SecurityToken as JsonWebToken;
        return result.Exception switch
        {
            SecurityTokenInvalidLifetimeException => TokenRefusal.InvalidToken(
                "The access token has expired or is not valid yet.",
                $"it is valid from {token?.ValidFrom:u} to {token?.ValidTo:u}"),
            SecurityTokenInvalidIssuerException => TokenRefusal.InvalidToken(
                "The access token was issued by another authorization server.",
                $"its issuer is '{Printable.Of(token?.Issuer)}', expected '{_options.Issuer}'"),
            SecurityTokenInvalidAudienceException => TokenRefusal.InvalidToken(
                "The access token is meant for another resource.",
                $"its audience is '{Printable.Of(string.Join(' ', token?.Audiences ?? []))}', expected '{_options.Audience ?? _options.Resource}'"),
            _ => TokenRefusal.InvalidToken("The signature of the access token is wrong.", result.Exception?.GetType().Name),
        };
    }
}
