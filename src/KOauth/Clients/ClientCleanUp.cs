using KOauth.Data;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Clients;

/// <summary>
/// Deletes clients that registered themselves and that nobody is connected with: apps register anew whenever they like (RFC 7591),
/// and an app whose client is gone does so again. What an administrator registered is never touched.
/// </summary>
internal sealed class ClientCleanUp(IDbContextFactory<KOauthDb> databases, StoreSettings settings, TimeProvider clock)
{
    private const int PageSize = 500;
    private const int BatchSize = 100;

    /// <summary>Those not used, or not even used once, for this long, by their keys; nothing is deleted.</summary>
    public async Task<IReadOnlyList<Client>> FindAsync(TimeSpan unusedFor, CancellationToken ct)
    {
        var found = new List<Client>();
        await foreach (var page in PagesAsync(unusedFor, ct))
        {
            found.AddRange(page);
        }

        return found;
    }

    /// <summary>Deletes them; the answer is who went.</summary>
    public async Task<IReadOnlyList<Client>> DeleteAsync(TimeSpan unusedFor, string actor, CancellationToken ct)
    {
        var deleted = new List<Client>();
        await foreach (var page in PagesAsync(unusedFor, ct))
        {
            foreach (var batch in page.Select(c => c.Key).Chunk(BatchSize))
            {
                deleted.AddRange(await DeleteAsync(batch, unusedFor, actor, ct));
            }
        }

        return deleted;
    }

    private static IQueryable<Client> Unused(KOauthDb db, DateTimeOffset since) => db.Clients
        .Where(c => c.Origin != ClientOrigin.Administrator && c.CreatedAt <= since && (c.LastUsedAt == null || c.LastUsedAt <= since));

    private async IAsyncEnumerable<IReadOnlyList<Client>> PagesAsync(
        TimeSpan unusedFor, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (since, idleSince, after) = (now - unusedFor, now - settings.RefreshIdle, 0);
        while (true)
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            var page = await Unused(db, since).AsNoTracking().Where(c => c.Key > after).OrderBy(c => c.Key).Take(PageSize).ToListAsync(ct);
            if (page.Count == 0)
            {
                yield break;
            }

            // The grants have no index by client, so this reads them all, outside of any write.
            var keys = page.ConvertAll(c => c.Key);
            var connected = await db.Grants
                .Where(g => keys.Contains(g.ClientKey) && g.EndedAt == null && g.ExpiresAt > now && g.LastUsedAt > idleSince)
                .Select(g => g.ClientKey).Distinct().ToListAsync(ct);
            yield return page.FindAll(c => !connected.Contains(c.Key));
            after = page[^1].Key;
        }
    }

    private async Task<List<Client>> DeleteAsync(int[] keys, TimeSpan unusedFor, string actor, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);

        // Asked again: one of them may have got a token meanwhile.
        var clients = await Unused(db, now - unusedFor).Where(c => keys.Contains(c.Key)).ToListAsync(ct);
        var gone = clients.ConvertAll(c => c.Key);
        await db.Consents.Where(c => gone.Contains(c.ClientKey)).ExecuteDeleteAsync(ct);
        await db.Links.Where(l => gone.Contains(l.ClientKey)).ExecuteDeleteAsync(ct);
        db.Clients.RemoveRange(clients);
        foreach (var client in clients)
        {
            db.AddAudit(actor, "client.deleted", $"client:{client.ClientId}", FactChange.ToJson(FactChange.AllNew(ClientFacts.Of(client))), now);
        }

        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        return clients;
    }
}
