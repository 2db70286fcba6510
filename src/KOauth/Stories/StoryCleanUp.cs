using Microsoft.Data.Sqlite;

namespace KOauth.Stories;

/// <summary>How long and how much is kept.</summary>
internal sealed record StoryLimits(TimeSpan Retention, TimeSpan AddressRetention)
{
    /// <summary>The file does not grow beyond this: about a million events.</summary>
    public long MaxBytes { get; init; } = 256L * 1024 * 1024;
}

/// <summary>
/// Forgets what is older than the retention, and the oldest when the file is full: first attempts that never became a connection, so
/// that a flood of nonsense cannot push out the stories of real connections. In small pieces, between batches of new events.
/// </summary>
internal sealed class StoryCleanUp(SqliteConnection connection, StoryLimits limits)
{
    private const int Piece = 500;

    // A story is seldom smaller, so a piece sized by it does not take more than there is too much of; what remains is the next piece's.
    private const int BytesOfAStory = 1024;

    /// <summary>One piece of work; true when there is more.</summary>
    public bool Step(DateTimeOffset now)
    {
        var forgotten = Forget(now);
        if (forgotten == 0 && Bytes() - limits.MaxBytes is > 0 and var tooMuch)
        {
            forgotten = MakeRoom((int)Math.Min(Piece, 1 + (tooMuch / BytesOfAStory)));
        }

        if (forgotten > 0)
        {
            GiveBackPages();
        }

        return forgotten > 0;
    }

    private int Forget(DateTimeOffset now)
    {
        using var transaction = connection.BeginTransaction();
        var forgotten =
            Run(transaction, "update events set address = null where id in (select id from events where at < $before and address is not null limit $piece)", now - limits.AddressRetention)
            + Run(transaction, "delete from events where id in (select id from events order by id limit $piece) and at < $before", now - limits.Retention)
            + Run(transaction, "delete from stories where reference in (select reference from stories where last_at < $before order by last_at limit $piece)", now - limits.Retention);
        transaction.Commit();
        return forgotten;
    }

    private int MakeRoom(int piece) => Forget("connected = 0", piece) is > 0 and var forgotten ? forgotten : Forget("true", piece);

    private int Forget(string which, int piece)
    {
        var oldest = $"(select reference from stories where {which} order by last_at limit $piece)";
        using var transaction = connection.BeginTransaction();
        var forgotten = Run(transaction, $"delete from events where story in {oldest}", default, piece)
            + Run(transaction, $"delete from stories where reference in {oldest}", default, piece);
        transaction.Commit();
        return forgotten;
    }

    // The statement frees a page a step, so it must be read to its end.
    private void GiveBackPages()
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA incremental_vacuum({Piece});";
        using var pages = command.ExecuteReader();
        while (pages.Read())
        {
        }
    }

    private long Bytes() => (long)StoryFile.Ask(connection,
        "select (p.page_count - f.freelist_count) * s.page_size from pragma_page_count p, pragma_freelist_count f, pragma_page_size s")!;

    private int Run(SqliteTransaction transaction, string sql, DateTimeOffset before, int piece = Piece)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.Parameters.AddWithValue("$piece", piece);
        if (sql.Contains("$before", StringComparison.Ordinal))
        {
            command.Parameters.AddWithValue("$before", before.ToUnixTimeMilliseconds());
        }

        return command.ExecuteNonQuery();
    }
}
