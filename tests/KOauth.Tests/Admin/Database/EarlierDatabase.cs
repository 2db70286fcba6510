using KOauth.Data;
using KOauth.Data.Sqlite;
using KOauth.Tests.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace KOauth.Tests.Admin.Database;

/// <summary>Databases as earlier versions left them.</summary>
internal static class EarlierDatabase
{
    public static IReadOnlyList<string> Known { get; } = KnownMigrations();

    /// <summary>Makes of a database one of an earlier schema with the same rows, as far as it had columns for them.</summary>
    public static async Task TakeBackAsync(string directory, string migration)
    {
        var file = Path.Combine(directory, "koauth.db");
        TestDatabase.ClearPool(file);
        var earlier = $"{file}.earlier";
        DataDirectory.CreateDatabaseFile(earlier);
        await using (var db = Open(earlier))
        {
            await db.GetService<IMigrator>().MigrateAsync(migration);
        }

        using (var connection = new SqliteConnection($"Data Source={earlier};Pooling=false"))
        {
            connection.Open();
            Run(connection, $"attach '{file}' as later; pragma foreign_keys=off;");
            foreach (var table in Names(connection, "select name from main.sqlite_master where type = 'table' and name not like 'sqlite%' and name not like '\\_\\_EF%' escape '\\'"))
            {
                var columns = string.Join(", ", Names(connection, $"select name from pragma_table_info('{table}')").Select(c => $"\"{c}\""));
                Run(connection, $"delete from main.{table}; insert into main.{table} ({columns}) select {columns} from later.{table};");
            }
        }

        File.Delete($"{file}-wal");
        File.Delete($"{file}-shm");
        File.Move(earlier, file, overwrite: true);
    }

    /// <summary>A context of the program's own making, but for the interceptor.</summary>
    public static SqliteDb Open(string file, params IInterceptor[] interceptors) => new(
        new DbContextOptionsBuilder<SqliteDb>()
            .UseSqlite(SqlitePragmas.ConnectionString(file, pooled: false))
            .UseApplicationServiceProvider(new IdentitySchema(null))
            .ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning))
            .ReplaceService<IMigrationsSqlGenerator, WithoutRowid>()
            .AddInterceptors([new SqlitePragmas(durable: false), .. interceptors])
            .Options,
        new WriteGate(),
        new ConfigWatch());

    private static List<string> KnownMigrations()
    {
        using var db = Open("/nowhere/koauth.db");
        return [.. db.Database.GetMigrations()];
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static List<string> Names(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
