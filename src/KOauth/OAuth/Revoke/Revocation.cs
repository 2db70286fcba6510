using KOauth.Clients;
using KOauth.Data;
using KOauth.Grants;
using KOauth.Protocol;
using KOauth.Stories;
using Microsoft.EntityFrameworkCore;

namespace KOauth.OAuth.Revoke;

/// <summary>
/// Ends what a token stands for, if it is the client's. A failed write is an exception and becomes a 503: an app that is told 200
/// believes that the token is dead (CVE-2020-15223).
/// </summary>
internal sealed class Revocation(RefreshTokens refreshTokens, ILedger ledger, OwnTokens accessTokens, IDbContextFactory<KOauthDb> databases)
{
    public Task RevokeAsync(string token, Client client, Story story, CancellationToken ct) =>
        refreshTokens.TryRead(token, out var grantId, out _)
            ? EndAsync(grantId, client, story, ct)
            : DenyAsync(token, client, story, ct);

    /// <summary>Any refresh token of the grant, the current or an earlier one, ends it with all of its tokens.</summary>
    private async Task EndAsync(Guid grantId, Client client, Story story, CancellationToken ct)
    {
        if (await ledger.FindAsync(grantId, ct) is not { } record)
        {
            return;
        }

        if (record.Grant.ClientKey != client.Key)
        {
            story.Tell(StoryEvents.TokenRefused, new Refusal(Reasons.TokenOfAnotherClient));
            return;
        }

        story.Continue(record.Grant.Story);
        if (await ledger.EndAsync(grantId, "revoked by the app", $"client:{client.ClientId}", ct))
        {
            story.Tell(StoryEvents.GrantRevoked, "The app gave the connection back");
        }
    }

    private async Task DenyAsync(string text, Client client, Story story, CancellationToken ct)
    {
        if (!(await accessTokens.CheckAsync(text, ct)).Ok(out var token, out _))
        {
            return;
        }

        if (token.ClientId != client.ClientId)
        {
            story.Tell(StoryEvents.TokenRefused, new Refusal(Reasons.TokenOfAnotherClient));
            return;
        }

        if (token.Grant is { } grant)
        {
            story.Continue(grant.Story);
        }

        await using (var db = await databases.CreateDbContextAsync(ct))
        {
            await using var write = await db.BeginWriteAsync(ct);
            if (!await db.DeniedTokens.AnyAsync(d => d.Jti == token.Id, ct))
            {
                db.DeniedTokens.Add(new DeniedToken { Jti = token.Id, ExpiresAt = token.ExpiresAt });
                await db.SaveChangesAsync(ct);
                await write.CommitAsync(ct);
            }
        }

        story.Tell(StoryEvents.TokenRevoked, "The app gave an access token back; the connection stays");
    }
}
