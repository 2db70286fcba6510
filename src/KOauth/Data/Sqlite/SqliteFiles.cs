using System.Globalization;
using Microsoft.Data.Sqlite;

namespace KOauth.Data.Sqlite;

/// <summary>Database files as files: nobody has them open.</summary>
internal static class SqliteFiles
{
    private static readonly string[] _companions = ["-wal", "-shm"];

    /// <summary>
    /// Puts one database in the place of another, which is kept beside it under a longer name. The new one takes its name in one
    /// step, so that there is a whole database whenever this is cut off.
    /// </summary>
    /// <returns>Where the old one is, or null when there was none.</returns>
    public static string? Replace(string file, string target, string suffix)
    {
        Settle(file);
        string? kept = null;
        if (File.Exists(target))
        {
            Settle(target);
            kept = $"{target}.{suffix}";
            File.Copy(target, kept, overwrite: false);
            if (File.Exists($"{target}-wal"))
            {
                File.Copy($"{target}-wal", $"{kept}-wal", overwrite: true); // a broken one, which could not be settled
            }
        }

        // SQLite would apply the old file's log to the new one.
        foreach (var companion in _companions)
        {
            File.Delete(target + companion);
        }

        File.Move(file, target, overwrite: true);
        using var placed = new FileStream(target, FileMode.Open, FileAccess.ReadWrite);
        placed.Flush(flushToDisk: true);
        return kept;
    }

    /// <summary>Closes what the pool of connections still holds of a file.</summary>
    public static void Forget(string file)
    {
        using var connection = new SqliteConnection(SqlitePragmas.ConnectionString(file));
        SqliteConnection.ClearPool(connection);
    }

    /// <summary>
    /// What is wrong with a database that came from outside, in the middle of a sentence, or null. Rows are what its owner answers for; but
    /// a trigger or a view would go on working inside of ours, and none of ours has any.
    /// </summary>
    public static string? Fault(string file)
    {
        using var connection = SqlitePragmas.Open(file, durable: true);
        return Ask(connection, "select name from sqlite_master where type not in ('table', 'index')") is { } stranger
            ? $"has something in it that no KOauth database has ({stranger})"
            : Ask(connection, "select \"table\" from pragma_foreign_key_check") is { } table
                ? $"has rows in '{table}' that refer to nothing"
                : null;
    }

    /// <summary>The epoch of a database that may be broken or missing; then 0.</summary>
    public static int EpochOf(string file)
    {
        if (!LooksWhole(file))
        {
            return 0;
        }

        try
        {
            using var connection = SqlitePragmas.Open(file, durable: true);
            return Convert.ToInt32(Ask(connection, "select epoch from store;"), CultureInfo.InvariantCulture);
        }
        catch (SqliteException)
        {
            return 0;
        }
    }

    /// <summary>Moves the log into the file, so that the file is the whole database.</summary>
    private static void Settle(string file)
    {
        Forget(file);
        if (!LooksWhole(file))
        {
            return; // closing it, SQLite would delete its log
        }

        try
        {
            using var connection = SqlitePragmas.Open(file, durable: true);
            SqlitePragmas.Run(connection, "PRAGMA wal_checkpoint(TRUNCATE);");
        }
        catch (SqliteException)
        {
            // Broken: it stays as it is, with its log.
        }
    }

    private static object? Ask(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        return command.ExecuteScalar();
    }

    private static bool LooksWhole(string file)
    {
        if (!File.Exists(file))
        {
            return false;
        }

        Span<byte> beginning = stackalloc byte[16];
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return stream.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false) == beginning.Length
            && beginning.SequenceEqual("SQLite format 3\0"u8);
    }
}
