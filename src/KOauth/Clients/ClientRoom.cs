using KOauth.Data;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Clients;

/// <summary>
/// Bounds what registrations may fill. When too many clients wait that nobody ever connected, some of the network that registered
/// most of them go, oldest first: a flood pushes out itself, and a newcomer from elsewhere keeps its place (DC-16). Clients that
/// were used, or that an administrator registered, are never touched.
/// </summary>
internal sealed class ClientRoom(IDbContextFactory<KOauthDb> databases, TimeProvider clock)
{
    /// <summary>So many clients may wait for their first use.</summary>
    public const int Capacity = 5_000;

    /// <summary>So many registrations pass between two counts, and so many go at once.</summary>
    public const int Step = 100;

    private int _taken = Step;

    /// <summary>The same client, registered from the same network a moment ago and not used yet, or null.</summary>
    public async Task<Client?> FindTwinAsync(Client client, DateTimeOffset since, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await Unused(db).AsNoTracking()
            .Where(c => c.Fingerprint == client.Fingerprint && c.CreatedAt >= since && c.Active)
            .OrderBy(c => c.Key)
            .FirstOrDefaultAsync(ct);
    }

    /// <summary>One more client was stored; now and then it is looked whether they are too many.</summary>
    public async Task TakenAsync(CancellationToken ct)
    {
        if (Interlocked.Increment(ref _taken) < Step)
        {
            return;
        }

        Volatile.Write(ref _taken, 0);
        await using var db = await databases.CreateDbContextAsync(ct);
        var tooMany = await Unused(db).CountAsync(ct) - Capacity;
        while (tooMany > 0)
        {
            var gone = await EvictAsync(db, Math.Min(tooMany, Step), ct);
            if (gone == 0)
            {
                return;
            }

            tooMany -= gone;
        }
    }

    private static IQueryable<Client> Unused(KOauthDb db) =>
        db.Clients.Where(c => c.Origin == ClientOrigin.Registration && c.LastUsedAt == null);

    private async Task<int> EvictAsync(KOauthDb db, int count, CancellationToken ct)
    {
        var source = await Unused(db).GroupBy(c => c.RegisteredFrom)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Min(c => c.Key))
            .Select(g => g.Key).FirstAsync(ct);
        var keys = await Unused(db).Where(c => c.RegisteredFrom == source).OrderBy(c => c.Key).Select(c => c.Key).Take(count).ToListAsync(ct);

        // Its first use is written down within a minute; the grant is there at once.
        var connected = await db.Grants.Where(g => keys.Contains(g.ClientKey)).Select(g => g.ClientKey).Distinct().ToListAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        await Unused(db).Where(c => connected.Contains(c.Key)).ExecuteUpdateAsync(c => c.SetProperty(x => x.LastUsedAt, clock.GetUtcNow()), ct);
        var gone = await Unused(db).Where(c => keys.Contains(c.Key)).ExecuteDeleteAsync(ct);
        db.AddAudit("server", "clients.evicted", $"count:{gone}", null, clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        write.ConfigChanged();
        await write.CommitAsync(ct);
        return gone + connected.Count;
    }
}
