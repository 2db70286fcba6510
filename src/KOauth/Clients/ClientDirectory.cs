using KOauth.Data;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Clients;

/// <summary>
/// The clients as requests see them: a bounded copy in memory. What is not in it is read from the database, always, because a
/// client registers on one node and authorizes on another 50 ms later; that there is none is never remembered. A change made
/// anywhere empties the copy. Clients found here are snapshots: nobody writes to them.
/// </summary>
internal sealed class ClientDirectory
{
    private const int Capacity = 5_000;
    private const int SearchedAtMost = 1_000;

    private readonly IDbContextFactory<KOauthDb> _databases;
    private volatile RecentClients _recent = new(Capacity);
    private int _searching;

    public ClientDirectory(IDbContextFactory<KOauthDb> databases, ConfigWatch watch)
    {
        _databases = databases;
        watch.Changed += () => _recent = new RecentClients(Capacity);
    }

    public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct)
    {
        // A read that began before a change ends in the copy that the change threw away, never in the new one.
        var recent = _recent;
        return recent.TryFind(clientId, out var client) ? new(client) : new(ReadAsync(recent, clientId, ct));
    }

    public ValueTask<Client?> FindAsync(int key, CancellationToken ct)
    {
        var recent = _recent;
        return recent.TryFind(key, out var client) ? new(client) : new(ReadAsync(recent, key, ct));
    }

    /// <summary>
    /// The id that somebody who typed <paramref name="unknownId"/> most likely meant, or null. One search at a time: a flood of
    /// unknown ids must not buy a comparison with every client each.
    /// </summary>
    public async Task<string?> NearestAsync(string unknownId, CancellationToken ct)
    {
        if (unknownId.Length is 0 or > ClientRules.MaxIdLength || Interlocked.Exchange(ref _searching, 1) == 1)
        {
            return null;
        }

        try
        {
            await using var db = await _databases.CreateDbContextAsync(ct);
            var ids = await db.Clients.AsNoTracking()
                .OrderBy(c => c.Origin).ThenByDescending(c => c.Key)
                .Select(c => c.ClientId).Take(SearchedAtMost).ToListAsync(ct);
            return Nearest.To(unknownId, ids);
        }
        finally
        {
            Volatile.Write(ref _searching, 0);
        }
    }

    /// <summary>
    /// The client whose secret this is, for telling an owner that two secrets were mixed up; never for letting anybody in.
    /// </summary>
    public async Task<string?> OwnerOfAsync(string secret, CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _searching, 1) == 1)
        {
            return null;
        }

        try
        {
            await using var db = await _databases.CreateDbContextAsync(ct);
            var clients = await db.Clients.AsNoTracking().OrderBy(c => c.Origin).ThenByDescending(c => c.Key).Take(SearchedAtMost).ToListAsync(ct);
            return clients.Find(c => SecretCheck.Find(c, secret) is not null)?.ClientId;
        }
        finally
        {
            Volatile.Write(ref _searching, 0);
        }
    }

    private async Task<Client?> ReadAsync(RecentClients recent, string clientId, CancellationToken ct)
    {
        if (!ClientRules.CouldBeId(clientId))
        {
            return null;
        }

        await using var db = await _databases.CreateDbContextAsync(ct);
        return Remember(recent, await db.Clients.AsNoTracking().SingleOrDefaultAsync(c => c.ClientId == clientId, ct));
    }

    private async Task<Client?> ReadAsync(RecentClients recent, int key, CancellationToken ct)
    {
        await using var db = await _databases.CreateDbContextAsync(ct);
        return Remember(recent, await db.Clients.AsNoTracking().SingleOrDefaultAsync(c => c.Key == key, ct));
    }

    private static Client? Remember(RecentClients recent, Client? client)
    {
        if (client is not null)
        {
            recent.Add(client);
        }

        return client;
    }
}
