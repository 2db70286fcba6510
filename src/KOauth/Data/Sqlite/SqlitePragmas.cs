using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace KOauth.Data.Sqlite;

/// <summary>
/// What every connection is told when it opens. Without <c>busy_timeout</c> the library sleeps 150 ms whenever the file is
/// busy; <c>synchronous=FULL</c> is what makes a commit durable.
/// </summary>
internal sealed class SqlitePragmas(bool durable) : DbConnectionInterceptor
{
    /// <summary>Opening never creates a file: a wrong directory must say so.</summary>
    public static string ConnectionString(string file, bool pooled = true) => new SqliteConnectionStringBuilder
    {
        DataSource = file,
        Mode = SqliteOpenMode.ReadWrite,
        ForeignKeys = true,
        Pooling = pooled,
    }.ConnectionString;

    /// <summary>macOS only reaches the disk with <c>fullfsync</c>; elsewhere it means nothing.</summary>
    public static string Statements(bool durable) =>
        $"PRAGMA busy_timeout=5000; PRAGMA synchronous={(durable ? "FULL" : "OFF")}; PRAGMA foreign_keys=ON; PRAGMA fullfsync=1;";

    /// <summary>A connection outside EF, opened and told. It is closed when it is disposed, not pooled.</summary>
    public static SqliteConnection Open(string file, bool durable)
    {
        var connection = new SqliteConnection(ConnectionString(file, pooled: false));
        try
        {
            connection.Open();
            Tell(connection, durable);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Tell(connection, durable);

    public override Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Tell(connection, durable); // the library's asynchronous methods are synchronous inside
        return Task.CompletedTask;
    }

    public static void Run(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void Tell(DbConnection connection, bool durable) => Run(connection, Statements(durable));
}
