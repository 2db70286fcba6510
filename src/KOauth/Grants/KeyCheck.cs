using System.Security.Cryptography;
using KOauth.Data;
using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Resources;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Grants;

/// <summary>
/// Whether an API key holds at this moment. Nothing is remembered: an ended key fails at the very next request. The right key is
/// never held up by somebody who guesses with its prefix; only wrong ones are.
/// </summary>
internal sealed class KeyCheck(IDbContextFactory<KOauthDb> databases, Access access, TimeProvider clock)
{
    private static readonly TimeSpan _usedEvery = TimeSpan.FromMinutes(10);
    private static readonly byte[] _nothing = new byte[SHA256.HashSizeInBytes];

    private readonly Buckets _wrong = new(burst: 20, refill: TimeSpan.FromSeconds(3), clock);

    public async Task<Outcome<HeldKey>> CheckAsync(string text, Resource resource, CancellationToken ct)
    {
        if (ApiKeyText.PrefixOf(text) is not { } prefix)
        {
            return Reasons.ApiKeyWrong;
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        var found = await (
            from key in db.ApiKeys.AsNoTracking()
            join user in db.Users.AsNoTracking() on key.UserId equals user.Id
            where key.Prefix == prefix
            select new { Key = key, user.Email, Stands = !user.IsDisabled && user.Epoch == key.UserEpoch && db.Store.Any(s => s.Epoch == key.StoreEpoch) })
            .SingleOrDefaultAsync(ct);

        // The same work whether the prefix is known or not.
        if (!CryptographicOperations.FixedTimeEquals(ApiKeyText.Hash(text), found?.Key.Hash ?? _nothing) || found is null)
        {
            var wait = _wrong.Take(prefix);
            return wait > TimeSpan.Zero ? new Refusal(Reasons.ApiKeyGuessed) { RetryAfter = wait } : Reasons.ApiKeyWrong;
        }

        var now = clock.GetUtcNow();
        if (!found.Stands || found.Key.ExpiresAt <= now || found.Key.ResourceKey != resource.Key
            || await access.CheckAsync(found.Key.UserId, Audience.Of(resource), ct) is not null)
        {
            return Reasons.ApiKeyWrong;
        }

        await NoteUseAsync(db, found.Key, now, ct);
        var known = ScopeSet.Of(resource.Scopes.Select(s => s.Name).Append(ScopeSet.Email));
        return new HeldKey(found.Key.UserId, found.Email, ScopeSet.Parse(found.Key.Scopes).Intersect(known));
    }

    /// <summary>One small write in ten minutes, however often the key is used.</summary>
    private static async Task NoteUseAsync(KOauthDb db, ApiKey key, DateTimeOffset now, CancellationToken ct)
    {
        var before = now - _usedEvery;
        if (key.LastUsedAt > before)
        {
            return;
        }

        await using var write = await db.BeginWriteAsync(ct);
        await db.ApiKeys.Where(k => k.Id == key.Id && (k.LastUsedAt == null || k.LastUsedAt <= before))
            .ExecuteUpdateAsync(k => k.SetProperty(x => x.LastUsedAt, now), ct);
        await write.CommitAsync(ct);
    }
}

/// <summary>A key that holds: whose it is, and what it may do at the resource that asked.</summary>
internal sealed record HeldKey(Guid UserId, string? Email, ScopeSet Scopes);
