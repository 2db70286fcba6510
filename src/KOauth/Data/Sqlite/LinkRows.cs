using Microsoft.Data.Sqlite;

namespace KOauth.Data.Sqlite;

/// <summary>Reads the epoch of a link, on one connection, by one prepared statement.</summary>
internal sealed class LinkRows(SqliteConnection connection) : IDisposable
{
    private readonly SqliteStatement _find = new(connection, "select epoch from links where user_id = ?1 and client_key = ?2");

    /// <summary>0 when there is no row, as everywhere.</summary>
    public int FindEpoch(Guid userId, int clientKey)
    {
        _find.Bind(1, userId);
        _find.Bind(2, clientKey);
        if (!_find.Step())
        {
            return 0;
        }

        var epoch = _find.Int(0);
        _find.Reset();
        return epoch;
    }

    public void Dispose() => _find.Dispose();
}
