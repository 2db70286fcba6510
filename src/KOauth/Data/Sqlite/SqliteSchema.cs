using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Data.Sqlite;

/// <summary>
/// Brings the database file to this program's schema, under the lock of the data directory, and refuses one that a newer program
/// has brought further.
/// </summary>
internal sealed partial class SqliteSchema(StoreSettings settings, Databases databases, ILogger<SqliteSchema> logger)
{
    /// <summary>Which changes the file has and which this program knows.</summary>
    public SchemaState Look()
    {
        using var db = databases.CreateDbContext();
        return new SchemaState(File.Exists(settings.DatabaseFile) ? Applied() : [], [.. db.Database.GetMigrations()]);
    }

    /// <summary>Makes what is missing; the answer is what was.</summary>
    public async Task<SchemaState> MigrateAsync(CancellationToken ct)
    {
        await using var db = databases.CreateDbContext();
        var state = Look();
        var (applied, known) = (state.Applied, state.Known);
        RefuseNewer(applied, known);
        if (applied.Count == known.Count)
        {
            // The migrator alone costs more than the rest of the start. The mode is a property of the file, and a copy has lost it.
            using var current = Open();
            SqlitePragmas.Run(current, "PRAGMA journal_mode=WAL;");
            return state;
        }

        DataDirectory.CreateDatabaseFile(settings.DatabaseFile);
        using (var connection = Open())
        {
            SqlitePragmas.Run(connection, "PRAGMA journal_mode=WAL;");
            if (Exists(connection, "__EFMigrationsLock"))
            {
                // Nobody else migrates, we hold the directory: a row here was left by a migrator that was killed, and the next
                // one would wait for it for ever.
                SqlitePragmas.Run(connection, "delete from \"__EFMigrationsLock\";");
            }
        }

        await db.Database.MigrateAsync(ct);
        LogMigrated(known.Count - applied.Count, known[^1]);
        return state;
    }

    /// <summary>For commands, which migrate nothing behind the server's back.</summary>
    public void RequireCurrent()
    {
        var state = Look();
        RefuseNewer(state.Applied, state.Known);
        if (state.Pending.Count > 0)
        {
            throw new StoreRefusedException(
                $"The database {settings.DatabaseFile} is older than this program; stop the server if one runs, then bring it up with: koauth migrate up");
        }
    }

    private void RefuseNewer(IReadOnlyList<string> applied, IReadOnlyList<string> known)
    {
        if (applied.Except(known).FirstOrDefault() is { } unknown)
        {
            throw new StoreRefusedException(
                $"The database {settings.DatabaseFile} was used by a newer KOauth (its change {unknown} is unknown here); install that version again, or restore a backup made before the upgrade.");
        }
    }

    private List<string> Applied()
    {
        try
        {
            using var connection = Open();
            if (!Exists(connection, "__EFMigrationsHistory"))
            {
                return [];
            }

            using var command = connection.CreateCommand();
            command.CommandText = "select \"MigrationId\" from \"__EFMigrationsHistory\" order by 1;";
            using var reader = command.ExecuteReader();
            var applied = new List<string>();
            while (reader.Read())
            {
                applied.Add(reader.GetString(0));
            }

            return applied;
        }
        catch (SqliteException broken) when (broken.SqliteErrorCode is SQLitePCL.raw.SQLITE_NOTADB or SQLitePCL.raw.SQLITE_CORRUPT)
        {
            throw new StoreRefusedException(
                $"The file {settings.DatabaseFile} is not a healthy SQLite database; restore a backup, which keeps this file under another name, with: koauth restore FILE");
        }
        catch (SqliteException broken) when (broken.SqliteErrorCode is SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_READONLY)
        {
            throw DataDirectory.NotWritable(settings.DataDirectory);
        }
    }

    private SqliteConnection Open() => SqlitePragmas.Open(settings.DatabaseFile, settings.Durable);

    private static bool Exists(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from sqlite_master where type = 'table' and name = $name;";
        command.Parameters.AddWithValue("$name", table);
        return (long)command.ExecuteScalar()! == 1;
    }

    [LoggerMessage(LogLevel.Information, "The database took {Count} changes and is at {Migration}")]
    private partial void LogMigrated(int count, string migration);
}

/// <param name="Applied">The changes the file has, in their order.</param>
/// <param name="Known">The changes this program knows.</param>
internal sealed record SchemaState(IReadOnlyList<string> Applied, IReadOnlyList<string> Known)
{
    public IReadOnlyList<string> Pending => [.. Known.Except(Applied)];

    /// <summary>Changes of a newer program.</summary>
    public IReadOnlyList<string> Unknown => [.. Applied.Except(Known)];
}
