using KOauth.Clients;
using KOauth.Data;
using KOauth.Hosting;
using KOauth.People;
using KOauth.Resources;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Grants;

/// <summary>What a person connected, and how they end it.</summary>
internal sealed class Connections(IDbContextFactory<KOauthDb> databases, ResourceDirectory resources, KOauthSettings settings, TimeProvider clock)
{
    /// <summary>Far more than a page is read for; pages hold no more than they can show.</summary>
    private const int Most = 200;

    /// <summary>The apps that can act for the person, the one used last first.</summary>
    public async Task<IReadOnlyList<ConnectedApp>> ListAsync(Guid userId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await (
            from grant in LiveGrants.In(db, settings, clock.GetUtcNow())
            join client in db.Clients on grant.ClientKey equals client.Key
            where grant.UserId == userId
            orderby grant.LastUsedAt descending
            select new { Grant = grant, Client = client }).AsNoTracking().Take(Most).ToListAsync(ct);
        var apps = new List<ConnectedApp>();
        foreach (var group in rows.GroupBy(r => r.Client.Key))
        {
            var connections = new List<Connection>();
            foreach (var row in group)
            {
                connections.Add(new Connection(row.Grant, await resources.FindAsync(row.Grant.ResourceKey, ct)));
            }

            apps.Add(new ConnectedApp(group.First().Client, connections));
        }

        return apps;
    }

    /// <summary>
    /// Ends everything between the person and the app by raising the epoch of the tie: every connection, and codes that are under
    /// way. The remembered approval goes, too, or the app would be back without a question. Gives the stories of what ended; null
    /// when there is no such app.
    /// </summary>
    public async Task<IReadOnlyList<string>?> DisconnectAsync(SignedIn person, string clientId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        if (await db.Clients.AsNoTracking().SingleOrDefaultAsync(c => c.ClientId == clientId, ct) is not { } client)
        {
            return null;
        }

        var ended = await LiveGrants.In(db, settings, now)
            .Where(g => g.UserId == person.UserId && g.ClientKey == client.Key)
            .Select(g => new { g.Id, g.Story }).ToListAsync(ct);
        if (ended.Count == 0)
        {
            return [];
        }

        if (await db.Links.SingleOrDefaultAsync(l => l.UserId == person.UserId && l.ClientKey == client.Key, ct) is { } link)
        {
            link.Epoch++;
        }
        else
        {
            db.Links.Add(new Link { UserId = person.UserId, ClientKey = client.Key, Epoch = 1 });
        }

        // The epoch ended them; the row says who did, and servers that ask for ended grants hear of it.
        var ids = ended.ConvertAll(g => g.Id);
        await db.Grants.Where(g => ids.Contains(g.Id) && g.EndedAt == null)
            .ExecuteUpdateAsync(g => g.SetProperty(x => x.EndedAt, now).SetProperty(x => x.EndedBy, "disconnected by the person"), ct);
        var told = await db.EndedGrants.Where(e => ids.Contains(e.GrantId)).Select(e => e.GrantId).ToListAsync(ct);
        db.EndedGrants.AddRange(ids.Except(told).Select(id => new EndedGrant { GrantId = id, EndedAt = now }));
        await db.Consents.Where(c => c.UserId == person.UserId && c.ClientKey == client.Key).ExecuteDeleteAsync(ct);
        db.AddAudit($"user:{person.UserId}", "app.disconnected", $"client:{client.ClientId}", null, now);
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        return ended.ConvertAll(g => g.Story);
    }
}

/// <summary>An app, and each of its connections: one a device or installation.</summary>
internal sealed record ConnectedApp(Client Client, IReadOnlyList<Connection> Connections);

/// <param name="Grant">As it is.</param>
/// <param name="Resource">What it is for; null when it is for signing in alone.</param>
internal sealed record Connection(Grant Grant, Resource? Resource);
