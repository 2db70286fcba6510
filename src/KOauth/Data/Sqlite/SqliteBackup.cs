using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KOauth.Data.Sqlite;

/// <summary>
/// Copies of a database that are whole at any moment, also of one that is being written: SQLite itself makes them. A copy of the
/// files of a live database is none (3 of 60 were malformed).
/// </summary>
internal static class SqliteBackup
{
    /// <summary>
    /// Writes a copy of <paramref name="source"/> that only its owner reads. It gets its name when it is complete and on the disk.
    /// </summary>
    /// <exception cref="StoreRefusedException">It cannot be read, or the copy cannot be written, in one sentence.</exception>
    public static void Write(string source, string target)
    {
        if (Path.Exists(target))
        {
            throw new StoreRefusedException($"There is a {target} already, and it is not overwritten; name another file, or move it away.");
        }

        var draft = $"{target}.incomplete";
        try
        {
            if (File.Exists(draft))
            {
                File.Delete(draft); // of one that was cut off
            }

            DataDirectory.CreateDatabaseFile(draft, isNew: true); // SQLite would make it readable by others
            Copy(source, draft);
            using (var file = new FileStream(draft, FileMode.Open, FileAccess.ReadWrite))
            {
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, target, overwrite: false);
        }
        catch (SqliteException broken) when (broken.SqliteErrorCode is raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT)
        {
            throw new StoreRefusedException($"The file {source} is not a healthy SQLite database. Nothing was written.");
        }
        catch (SqliteException broken) when (broken.SqliteErrorCode is raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM)
        {
            throw new StoreRefusedException($"The file {source} cannot be read by user {Environment.UserName}. Nothing was written.");
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or SqliteException { SqliteErrorCode: raw.SQLITE_FULL or raw.SQLITE_IOERR })
        {
            throw new StoreRefusedException($"The copy cannot be written to {target}: {broken.Message.TrimEnd('.')}. Make room, or name another place.");
        }
        finally
        {
            if (File.Exists(draft))
            {
                File.Delete(draft);
            }
        }
    }

    private static void Copy(string source, string draft)
    {
        // Not for writing: a backup that is restored may lie where nobody writes. Outside of any pool, so that nothing stays open.
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = source, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString);
        connection.Open();
        SqlitePragmas.Run(connection, "PRAGMA busy_timeout=5000;");
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "vacuum into $file;";
            command.Parameters.AddWithValue("$file", draft);
            command.CommandTimeout = 0;
            command.ExecuteNonQuery();
        }

        using var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = draft, Pooling = false }.ConnectionString);
        copy.Open();
        using var check = copy.CreateCommand();
        check.CommandText = "pragma integrity_check(1);";
        check.CommandTimeout = 0;
        if ((string)check.ExecuteScalar()! is not "ok" and var fault)
        {
            throw new StoreRefusedException($"The database {source} is damaged ({fault}); no backup of it was written. An older backup is restored with: koauth restore FILE");
        }
    }
}
