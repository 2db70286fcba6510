using KOauth.Grants;
using Microsoft.Data.Sqlite;

namespace KOauth.Data.Sqlite;

/// <summary>Reads a grant together with everything that stands behind it, on one connection, by one prepared statement.</summary>
internal sealed class GrantRows(SqliteConnection connection) : IDisposable
{
    private readonly SqliteStatement _find = new(connection, """
        select g.user_id, g.client_key, g.resource_key, g.scopes, g.created_at, g.expires_at, g.last_used_at, g.authenticated_at,
               g.generation, g.recent, g.redeemed_by, g.user_epoch, g.client_epoch, g.link_epoch, g.store_epoch, g.binding,
               g.ended_at, g.ended_by, g.story,
               u.epoch, u.is_disabled, c.epoch, c.active, coalesce(l.epoch, 0), s.epoch
        from grants g
        left join users u on u.id = g.user_id
        left join clients c on c.key = g.client_key
        left join links l on l.user_id = g.user_id and l.client_key = g.client_key
        left join store s on s.id = 1
        where g.id = ?1
        """);

    public GrantRecord? Find(Guid id)
    {
        _find.Bind(1, id);
        if (!_find.Step())
        {
            return null;
        }

        try
        {
            return Read(id);
        }
        finally
        {
            _find.Reset();
        }
    }

    public void Dispose() => _find.Dispose();

    private GrantRecord Read(Guid id)
    {
        var row = _find;
        var grant = new Grant
        {
            Id = id,
            UserId = new Guid(row.Blob(0)),
            ClientKey = row.Int(1),
            ResourceKey = row.Int(2),
            Scopes = row.Text(3),
            CreatedAt = row.Instant(4),
            ExpiresAt = row.Instant(5),
            LastUsedAt = row.Instant(6),
            AuthenticatedAt = row.Instant(7),
            Generation = row.Int(8),
            Recent = row.Blob(9).ToArray(),
            RedeemedBy = row.Long(10),
            UserEpoch = row.Int(11),
            ClientEpoch = row.Int(12),
            LinkEpoch = row.Int(13),
            StoreEpoch = row.Int(14),
            Binding = row.IsNull(15) ? null : row.Blob(15).ToArray(),
            EndedAt = row.IsNull(16) ? null : row.Instant(16),
            EndedBy = row.IsNull(17) ? null : row.Text(17),
            Story = row.Text(18),
        };

        // A user or client that was deleted reads as null, which is 0: so null is asked for, not compared.
        var userStands = !row.IsNull(19) && row.Int(19) == grant.UserEpoch && row.Int(20) == 0;
        var clientStands = !row.IsNull(21) && row.Int(21) == grant.ClientEpoch;
        var isAlive = grant.EndedAt is null && userStands && clientStands
            && row.Int(23) == grant.LinkEpoch && row.Int(24) == grant.StoreEpoch;
        return new GrantRecord(grant, isAlive, IsClientActive: row.Int(22) != 0);
    }
}
