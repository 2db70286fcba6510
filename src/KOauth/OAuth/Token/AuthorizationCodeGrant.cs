using System.Security.Cryptography;
using KOauth.Clients;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.Keys;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.Token;

/// <summary>
/// <c>authorization_code</c> (RFC 6749 §4.1.3). Everything about the request is checked before the ledger is asked; the ledger's one
/// insert decides who wins a race, and its primary key is what detects a replay.
/// </summary>
internal sealed class AuthorizationCodeGrant(
    ILedger ledger, Sealer sealer, Audiences audiences, Access access, IdTokens idTokens, SourceTags sources, KOauthSettings settings, TimeProvider clock)
    : IGrantType
{
    public string Name => "authorization_code";

    public async Task<Outcome<Decision>> DecideAsync(OAuthForm request, Client client, Story story, CancellationToken ct)
    {
        if (!Open(request).Ok(out var code, out var refusal))
        {
            return refusal;
        }

        story.Continue(code.Story);
        if (Check(request, client, code) is { } wrong)
        {
            return wrong;
        }

        if (await audiences.FindAsync(code.ResourceKey, client, ct) is not { } audience)
        {
            return Reasons.ResourceGone;
        }

        story.Resource = audience.Value;
        if (!await audiences.IsSameAsync(request.Resources, audience, ct))
        {
            return new Refusal(Reasons.ResourceDiffers) { Expected = audience.Value, Received = string.Join(' ', request.Resources) };
        }

        if (await access.CheckAsync(code.UserId, audience, ct) is { } notAllowed)
        {
            return notAllowed;
        }

        if (!ScopeChoice.Remaining(audience.FromBits(code.ScopeBits), audience, client).Ok(out var granted, out refusal))
        {
            return refusal;
        }

        // RFC 6749 gives scope no meaning here; a narrower one is honoured, a wider one never (TK-35).
        var scopes = request["scope"] is { } asked ? granted.Intersect(ScopeSet.Parse(asked)) : granted;
        if (scopes.Count == 0 && granted.Count > 0)
        {
            return new Refusal(Reasons.ScopeEmpty) { Expected = granted.ToString(), Received = request["scope"] };
        }

        var now = clock.GetUtcNow();
        var redeemed = await ledger.RedeemAsync(
            Row(code, granted, now, sources.Of(request.Address), client.IsPublic ? request.ProvedKey : null), ct);
        if (!redeemed.Ok(out var grant, out refusal))
        {
            return refusal;
        }

        story.Tell(
            StoryEvents.TokenExchanged, "Authorization code exchanged successfully: token exchange successful", ("scopes", scopes.ToString()));
        return new DecidedGrant(grant, audience, scopes)
        {
            RefreshGeneration = client.GrantTypes.Contains("refresh_token") ? grant.Generation : null,
            IdToken = scopes.Contains(ScopeSet.OpenId) ? await idTokens.PrepareAsync(grant, client, scopes, code.Nonce, ct) : null,
        };
    }

    private Outcome<CodeEnvelope> Open(OAuthForm request)
    {
        if (request["code"] is not { } text)
        {
            return new Refusal(Reasons.ParameterMissing) { Expected = "code" };
        }

        return text.Length <= CodeEnvelope.MaxCodeLength
            && sealer.TryOpen(SealPurpose.Code, text, out var content)
            && CodeEnvelope.FromBytes(content) is { } code
                ? code
                : Reasons.CodeUnreadable;
    }

    private Refusal? Check(OAuthForm request, Client client, CodeEnvelope code)
    {
        if (code.ClientKey != client.Key)
        {
            return new Refusal(Reasons.CodeOfAnotherClient) { Received = client.ClientId };
        }

        if (code.ExpiresAt <= clock.GetUtcNow())
        {
            return new Refusal(Reasons.CodeExpired);
        }

        // OAuth 2.1 clients leave it out: PKCE binds the code already. Sent, it must be the same.
        if (request["redirect_uri"] is { } redirectUri
            && !CryptographicOperations.FixedTimeEquals(Approval.HashOf(redirectUri), code.RedirectUriHash))
        {
            return new Refusal(Reasons.CodeRedirectUriDiffers) { Received = redirectUri };
        }

        if (request["code_verifier"] is not { } verifier)
        {
            return new Refusal(Reasons.VerifierMissing);
        }

        if (!Pkce.IsVerifier(verifier))
        {
            return new Refusal(Reasons.VerifierMalformed) { Received = $"{verifier.Length} characters" };
        }

        if (!Pkce.Verifies(verifier, code.Challenge))
        {
            return new Refusal(Reasons.VerifierWrong); // RFC 7636 §4.6
        }

        return code.Binding is null || request.ProvedKey.AsSpan().SequenceEqual(code.Binding)
            ? null
            : new Refusal(Reasons.CodeOfAnotherKey) { Received = request.ProvedKey is null ? "no DPoP proof" : "another key" }; // RFC 9449 §10
    }

    // The key binds the refresh token of a public client (RFC 9449 §5). One that authenticates may change it: its credentials protect it.
    private Grant Row(CodeEnvelope code, ScopeSet scopes, DateTimeOffset now, long source, byte[]? key) => new()
    {
        Id = code.GrantId,
        UserId = code.UserId,
        ClientKey = code.ClientKey,
        ResourceKey = code.ResourceKey,
        Scopes = scopes.ToString(),
        CreatedAt = now,
        ExpiresAt = now + settings.RefreshTokenLifetime,
        LastUsedAt = now,
        AuthenticatedAt = code.AuthenticatedAt,
        Generation = 0,
        Recent = [],
        RedeemedBy = source,
        UserEpoch = code.UserEpoch,
        ClientEpoch = code.ClientEpoch,
        LinkEpoch = code.LinkEpoch,
        StoreEpoch = code.StoreEpoch,
        Binding = key,
        Story = code.Story,
    };
}
