using KOauth.Data;
using KOauth.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.Data;

public sealed class DataStartTests : IDisposable
{
    private readonly string _directory = TestDatabase.NewDirectory();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => TestDatabase.Remove(_directory);

    [Fact]
    public async Task An_empty_directory_gets_a_database_that_only_its_owner_reads()
    {
        await using var server = Server();

        await server.StartDataAsync(Ct);

        var file = Path.Combine(_directory, "koauth.db");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        Assert.Equal("wal", Scalar("pragma journal_mode"));
    }

    [Fact]
    public async Task A_second_server_on_the_directory_is_refused()
    {
        await using var first = Server();
        await using var second = Server();
        await first.StartDataAsync(Ct);

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => second.StartDataAsync(Ct));

        Assert.StartsWith($"Another koauth serves {_directory} already", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_the_first_server_has_gone_a_second_may_start()
    {
        await using (var first = Server())
        {
            await first.StartDataAsync(Ct);
        }

        await using var second = Server();
        await second.StartDataAsync(Ct);
    }

    [Fact]
    [Trait("check", "A-85")]
    public async Task A_database_of_a_newer_version_is_refused_by_server_and_commands()
    {
        TestDatabase.CopyTo(_directory);
        Scalar("insert into \"__EFMigrationsHistory\" values ('29990101000000_FromTheFuture', '99.0.0')");
        await using var old = Server();

        var byServer = await Assert.ThrowsAsync<StoreRefusedException>(() => old.StartDataAsync(Ct));
        var byCommand = await Assert.ThrowsAsync<StoreRefusedException>(() => old.OpenDataAsync(Ct));

        Assert.Contains("was used by a newer KOauth", byServer.Message, StringComparison.Ordinal);
        Assert.Equal(byServer.Message, byCommand.Message);
    }

    [Fact]
    public async Task A_command_refuses_an_older_database_instead_of_migrating_it_behind_the_server()
    {
        TestDatabase.CopyTo(_directory);
        Scalar("delete from \"__EFMigrationsHistory\"");
        await using var command = Server();

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => command.OpenDataAsync(Ct));

        Assert.Contains("koauth migrate up", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("check", "R-17")]
    public async Task A_migrator_that_was_killed_does_not_hold_up_the_next_start()
    {
        DataDirectory.CreateDatabaseFile(Path.Combine(_directory, "koauth.db"));
        Scalar("""
            create table "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
            insert into "__EFMigrationsLock" values (1, '2026-01-01 00:00:00+00:00');
            """);
        await using var server = Server();

        await server.StartDataAsync(Ct).WaitAsync(TimeSpan.FromSeconds(30), Ct);

        Assert.Equal(0L, Scalar("select count(*) from \"__EFMigrationsLock\""));
    }

    [Fact]
    public async Task A_command_in_a_wrong_directory_says_so_and_makes_nothing()
    {
        await using var command = Server();

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => command.OpenDataAsync(Ct));

        Assert.StartsWith($"There is no KOauth database in {_directory}", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_left_alone()
    {
        var file = Path.Combine(_directory, "koauth.db");
        await File.WriteAllTextAsync(file, new string('x', 4096), Ct);
        await using var server = Server();

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => server.StartDataAsync(Ct));

        Assert.Contains("is not a healthy SQLite database", refused.Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 4096), await File.ReadAllTextAsync(file, Ct));
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_made_is_refused_with_the_remedy()
    {
        var file = Path.Combine(_directory, "file");
        await File.WriteAllTextAsync(file, "", Ct);
        await using var server = Server(Path.Combine(file, "data"));

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => server.StartDataAsync(Ct));

        Assert.Contains("cannot be written by user", refused.Message, StringComparison.Ordinal);
    }

    private ServiceProvider Server(string? directory = null) => new ServiceCollection()
        .AddLogging()
        .AddData(new StoreSettings { DataDirectory = directory ?? _directory, Durable = false })
        .BuildServiceProvider();

    private object? Scalar(string sql)
    {
        using var connection = SqlitePragmas.Open(Path.Combine(_directory, "koauth.db"), durable: false);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
