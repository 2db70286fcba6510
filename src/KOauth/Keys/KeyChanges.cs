using KOauth.Data;
using KOauth.Hosting;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Keys;

/// <summary>
/// Rotates and revokes signing keys, by command or on schedule: rows are read and changed under one write lock, with their audit
/// rows, and every server takes them up within a second. The ring must be loaded.
/// </summary>
internal sealed class KeyChanges(IDbContextFactory<KOauthDb> databases, KeyRing ring, Randomness randomness, TimeProvider clock)
{
    /// <summary>Rows of keys that sign no more are kept for a year: an old ID token may come back as a hint.</summary>
    private static readonly TimeSpan _kept = TimeSpan.FromDays(365);

    /// <summary>Has a new key of every algorithm sign after <paramref name="lead"/>; the answer is those keys.</summary>
    public Task<IReadOnlyList<SigningKey>> RotateAsync(TimeSpan lead, string actor, CancellationToken ct) =>
        RotateAsync(lead, _ => true, actor, ct);

    /// <summary>
    /// The same for every key that will have signed for <paramref name="period"/> when the lead is over; what it replaces signs its
    /// whole period. Also forgets keys that were retired or revoked long ago.
    /// </summary>
    public async Task<IReadOnlyList<SigningKey>> RotateDueAsync(TimeSpan period, TimeSpan lead, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var rotated = await RotateAsync(
            lead, schedule => schedule.Next is null && schedule.Signer is { } signer && signer.ActiveFrom + period - lead <= now, "server", ct);
        var old = now - _kept;
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.SigningKeys.Where(k => k.RetiredAt <= old || k.RevokedAt <= old).ToListAsync(ct) is { Count: > 0 } forgotten)
        {
            db.SigningKeys.RemoveRange(forgotten);
            await db.SaveChangesAsync(ct);
        }

        return rotated;
    }

    /// <summary>Takes a key out of use and out of the published set; null when there is no such key.</summary>
    public async Task<RevokedKey?> RevokeAsync(string kid, string actor, CancellationToken ct)
    {
        var fresh = new FreshKeys(ring.Master, randomness, clock.GetUtcNow());
        if (await ReadAsync(kid, ct) is { RevokedAt: null } found)
        {
            fresh.Make(found.Algorithm); // before anybody waits for it
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        await RequireSameMasterAsync(db, ct);
        var rows = await db.SigningKeys.ToListAsync(ct);
        if (rows.Find(k => k.Kid == kid) is not { } key)
        {
            return null;
        }

        if (key.RevokedAt is not null)
        {
            return new RevokedKey(key, null, WasRevoked: true);
        }

        var now = clock.GetUtcNow();
        var signer = new KeySchedule(rows, key.Algorithm, now).Revoke(key, () => Add(db, fresh.Take(key.Algorithm), actor, now));
        db.AddAudit(actor, "key.revoked", $"key:{kid}", null, now);
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        return new RevokedKey(key, signer, WasRevoked: false);
    }

    private async Task<IReadOnlyList<SigningKey>> RotateAsync(
        TimeSpan lead, Func<KeySchedule, bool> isDue, string actor, CancellationToken ct)
    {
        var fresh = new FreshKeys(ring.Master, randomness, clock.GetUtcNow());
        await using (var look = await databases.CreateDbContextAsync(ct))
        {
            var before = await look.SigningKeys.AsNoTracking().ToListAsync(ct);
            var due = SigningAlgorithms.All.Where(algorithm => isDue(new KeySchedule(before, algorithm, clock.GetUtcNow()))).ToList();
            if (due.Count == 0)
            {
                return [];
            }

            foreach (var algorithm in due.Where(algorithm => new KeySchedule(before, algorithm, clock.GetUtcNow()).Next is null))
            {
                fresh.Make(algorithm); // an RSA pair takes a while, and while the database is locked everybody waits
            }
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        await RequireSameMasterAsync(db, ct);
        var now = clock.GetUtcNow();
        var rows = await db.SigningKeys.ToListAsync(ct);
        List<SigningKey> rotated = [.. SigningAlgorithms.All
            .Select(algorithm => (Algorithm: algorithm, Schedule: new KeySchedule(rows, algorithm, now)))
            .Where(of => isDue(of.Schedule))
            .Select(of => of.Schedule.Rotate(lead, () => Add(db, fresh.Take(of.Algorithm), actor, now)))];
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        return rotated;
    }

    private static SigningKey Add(KOauthDb db, SigningKey key, string actor, DateTimeOffset now)
    {
        db.SigningKeys.Add(key);
        db.AddAudit(actor, "key.made", $"key:{key.Kid}", null, now);
        return key;
    }

    private async Task<SigningKey?> ReadAsync(string kid, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.SigningKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Kid == kid, ct);
    }

    // A key wrapped by yesterday's master key would be lost.
    private async Task RequireSameMasterAsync(KOauthDb db, CancellationToken ct)
    {
        var stored = await db.Store.Select(s => s.MasterKeyFingerprint).SingleAsync(ct);
        if (!stored.AsSpan().SequenceEqual(ring.Master.Fingerprint))
        {
            throw new CommandRefusedException("The master key was replaced meanwhile. Nothing was changed; do it again.");
        }
    }

    /// <summary>Keys made ahead of the moment in which they are needed.</summary>
    private sealed class FreshKeys(MasterKey master, Randomness randomness, DateTimeOffset now)
    {
        private readonly Dictionary<string, SigningKey> _made = new(StringComparer.Ordinal);

        public void Make(string algorithm) => _made[algorithm] = new NewKeys(master, randomness, now).Signing(algorithm);

        public SigningKey Take(string algorithm) => _made.Remove(algorithm, out var key) ? key : new NewKeys(master, randomness, now).Signing(algorithm);
    }
}

/// <param name="Key">What was revoked.</param>
/// <param name="Signer">What signs in its place from now on, or null when it did not sign.</param>
/// <param name="WasRevoked">It had been revoked before; nothing was changed.</param>
internal sealed record RevokedKey(SigningKey Key, SigningKey? Signer, bool WasRevoked);
