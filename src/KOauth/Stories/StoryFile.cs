using Microsoft.Data.Sqlite;

namespace KOauth.Stories;

/// <summary>
/// <c>stories.db</c>: apart from the store, because stories are many, cheap to lose and must never wait for a grant or make one wait.
/// </summary>
internal static class StoryFile
{
    private const long Version = 1;

    private const string Schema = """
        create table stories(
            reference text primary key, began_at integer not null, last_at integer not null, client text, user text, resource text,
            last_event text not null, last_reason text, connected integer not null default 0) without rowid;
        create index stories_last on stories(last_at);
        create index stories_client on stories(client, last_at);
        create table events(
            id integer primary key, story text not null, at integer not null, last_at integer not null, times integer not null default 1,
            name text not null, message text not null, reason text, client text, user text, resource text, address text, details text);
        create index events_story on events(story, id);
        create index events_address on events(at) where address is not null;
        """;

    /// <summary>For the writer: makes the file when there is none. A broken one is moved aside, because a server without stories serves.</summary>
    public static SqliteConnection OpenToWrite(string file, out string? movedTo)
    {
        movedTo = null;
        try
        {
            return Create(file);
        }
        catch (SqliteException broken) when (broken.SqliteErrorCode is SQLitePCL.raw.SQLITE_NOTADB or SQLitePCL.raw.SQLITE_CORRUPT)
        {
            movedTo = $"{file}.broken";
            File.Move(file, movedTo, overwrite: true);
            File.Delete($"{file}-wal");
            File.Delete($"{file}-shm");
            return Create(file);
        }
    }

    /// <summary>For readers; null when nothing has been written yet.</summary>
    public static SqliteConnection? OpenToRead(string file) => File.Exists(file) ? Open(file) : null;

    private static SqliteConnection Create(string file)
    {
        if (!File.Exists(file))
        {
            CreateFile(file);
        }

        var connection = Open(file);
        try
        {
            var version = (long)Ask(connection, "PRAGMA user_version;")!;
            if (version == 0)
            {
                // NORMAL without FULL: a power cut may lose the last second of stories, never the file.
                Ask(connection, "PRAGMA auto_vacuum=INCREMENTAL;");
                Ask(connection, "PRAGMA journal_mode=WAL;");
                Ask(connection, $"begin immediate; {Schema} PRAGMA user_version={Version}; commit;");
            }
            else if (version != Version)
            {
                throw new InvalidDataException($"The file {file} was written by another version of KOauth; move it away to get new stories.");
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // Stories name people and addresses: only the owner reads them, and SQLite's companions take over the mode.
    private static void CreateFile(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        new FileStream(file, options).Dispose();
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ConnectionString);
        try
        {
            connection.Open();
            Ask(connection, "PRAGMA busy_timeout=5000; PRAGMA synchronous=NORMAL;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static object? Ask(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
