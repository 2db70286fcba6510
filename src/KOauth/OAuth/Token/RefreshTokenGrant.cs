using KOauth.Clients;
using KOauth.Grants;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.Token;

/// <summary>
/// <c>refresh_token</c> (RFC 6749 §6). The token's MAC is checked before the database is asked; client, resource and scope before
/// anything is rotated. There is never more than one live leaf, and parallel refreshes all receive it (docs/threat-model.md).
/// </summary>
internal sealed class RefreshTokenGrant(ILedger ledger, RefreshTokens refreshTokens, Audiences audiences, Access access, SourceTags sources) : IGrantType
{
    public string Name => "refresh_token";

    public async Task<Outcome<Decision>> DecideAsync(OAuthForm request, Client client, Story story, CancellationToken ct)
    {
        if (request["refresh_token"] is not { } token)
        {
            return new Refusal(Reasons.ParameterMissing) { Expected = "refresh_token" };
        }

        if (!refreshTokens.TryRead(token, out var id, out var generation))
        {
            return Reasons.RefreshUnreadable;
        }

        if (await ledger.FindAsync(id, ct) is not { } record)
        {
            return Reasons.RefreshUnknown;
        }

        story.Continue(record.Grant.Story);
        if (record.Grant.ClientKey != client.Key)
        {
            return new Refusal(Reasons.RefreshOfAnotherClient) { Received = client.ClientId };
        }

        if (WrongKey(record.Grant, client, request.ProvedKey) is { } wrongKey)
        {
            return wrongKey;
        }

        // invalid_grant, not invalid_target: it makes the client start over instead of getting stuck (RF-17).
        if (await audiences.FindAsync(record.Grant.ResourceKey, client, ct) is not { } audience)
        {
            return Reasons.ResourceGone;
        }

        story.Resource = audience.Value;
        if (!await audiences.IsSameAsync(request.Resources, audience, ct))
        {
            return new Refusal(Reasons.ResourceDiffers) { Expected = audience.Value, Received = string.Join(' ', request.Resources) };
        }

        if (await access.CheckAsync(record.Grant.UserId, audience, ct) is { } notAllowed)
        {
            return notAllowed;
        }

        if (!ScopeChoice.Remaining(ScopeSet.Parse(record.Grant.Scopes), audience, client).Ok(out var granted, out var refusal))
        {
            return refusal;
        }

        var scopes = request["scope"] is { } asked ? granted.Intersect(ScopeSet.Parse(asked)) : granted;
        if (scopes.Count == 0 && granted.Count > 0)
        {
            return new Refusal(Reasons.ScopeEmpty) { Expected = granted.ToString(), Received = request["scope"] };
        }

        if (!(await ledger.RotateAsync(id, generation, sources.Of(request.Address), ct)).Ok(out var rotated, out refusal))
        {
            return refusal;
        }

        story.Tell(
            StoryEvents.TokenRefreshed,
            rotated.Again ? "A superseded refresh token was presented; the current one was answered again" : "Tokens refreshed",
            ("generation", rotated.Generation.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return new DecidedGrant(rotated.Grant, audience, scopes) { RefreshGeneration = rotated.Generation };
    }

    /// <summary>RFC 9449 §5: what a public client's refresh token was bound to when it was issued is what it stays bound to.</summary>
    private static Reason? WrongKey(Grant grant, Client client, byte[]? proved)
    {
        if (grant.Binding is { } binding)
        {
            return proved.AsSpan().SequenceEqual(binding) ? null : Reasons.RefreshOfAnotherKey;
        }

        return client.IsPublic && proved is not null ? Reasons.RefreshBindingLate : null;
    }
}
