using KOauth.Grants;

namespace KOauth.OAuth.Introspect;

/// <summary>What there is to say about a token to whoever asks (RFC 7662 §2.2).</summary>
internal sealed class Introspection(OwnTokens accessTokens, RefreshTokens refreshTokens, ILedger ledger, Audiences audiences, Access access, Data.StoreSettings settings, TimeProvider clock)
{
    /// <summary>Exactly this, whatever the reason: anything more would tell a stranger something.</summary>
    private static readonly Dictionary<string, object> _inactive = new() { ["active"] = false };

    /// <summary>The claims that are passed on as they are in the token.</summary>
    private static readonly string[] _passedOn = ["iss", "sub", "aud", "client_id", "exp", "iat", "jti", "scope", "grant_id", "cnf", "act"];

    public async ValueTask<Dictionary<string, object>> DescribeAsync(string text, Caller caller, CancellationToken ct) =>
        refreshTokens.TryRead(text, out var grantId, out var generation)
            ? await DescribeRefreshAsync(grantId, generation, caller, ct)
            : await DescribeAccessAsync(text, caller, ct);

    private async ValueTask<Dictionary<string, object>> DescribeAccessAsync(string text, Caller caller, CancellationToken ct)
    {
        if (!(await accessTokens.CheckAsync(text, ct)).Ok(out var token, out _)
            || !(caller.Resource is { } resource ? token.Audience == resource.TokenAudience : token.ClientId == caller.Client!.ClientId)
            || await IsShutOutAsync(token, caller, ct))
        {
            return _inactive;
        }

        var answer = new Dictionary<string, object> { ["active"] = true, ["token_type"] = token.Thumbprint is null ? "Bearer" : "DPoP" };
        foreach (var name in _passedOn)
        {
            if (token.Jws.Payload.TryGetProperty(name, out var value))
            {
                answer[name] = value;
            }
        }

        return answer;
    }

    /// <summary>The person may have lost the right to use the server since.</summary>
    private async ValueTask<bool> IsShutOutAsync(OwnToken token, Caller caller, CancellationToken ct) =>
        token.Grant is { } grant
        && caller.Resource is { } resource
        && await access.CheckAsync(grant.UserId, Audience.Of(resource), ct) is not null;

    /// <summary>A refresh token concerns its client alone; no server has any business with it.</summary>
    private async ValueTask<Dictionary<string, object>> DescribeRefreshAsync(Guid grantId, int generation, Caller caller, CancellationToken ct)
    {
        if (caller.Client is not { } client
            || await ledger.FindAsync(grantId, ct) is not { IsAlive: true, IsClientActive: true } record
            || record.Grant.ClientKey != client.Key
            || record.Grant.Generation != generation
            || Until(record.Grant) <= clock.GetUtcNow()
            || await audiences.FindAsync(record.Grant.ResourceKey, client, ct) is not { } audience
            || await access.CheckAsync(record.Grant.UserId, audience, ct) is not null)
        {
            return _inactive;
        }

        return new Dictionary<string, object>
        {
            ["active"] = true,
            ["client_id"] = client.ClientId,
            ["sub"] = record.Grant.UserId.ToString(),
            ["scope"] = record.Grant.Scopes,
            ["exp"] = Until(record.Grant).ToUnixTimeSeconds(),
            ["iat"] = record.Grant.LastUsedAt.ToUnixTimeSeconds(),
        };
    }

    private DateTimeOffset Until(Grant grant)
    {
        var idle = grant.LastUsedAt + settings.RefreshIdle;
        return idle < grant.ExpiresAt ? idle : grant.ExpiresAt;
    }
}
