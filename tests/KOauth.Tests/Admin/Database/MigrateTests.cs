using System.Data.Common;
using KOauth.Data;
using KOauth.Data.Sqlite;
using KOauth.Tests.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.Admin.Database;

public sealed class MigrateTests : IDisposable
{
    private readonly CommandLine _koauth = CommandLine.WithDatabase();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string DatabaseFile => Path.Combine(_koauth.DataDirectory, "koauth.db");

    public static TheoryData<string> Earlier => [.. EarlierDatabase.Known.SkipLast(1)];

    public void Dispose() => _koauth.Dispose();

    [Fact]
    public async Task Status_and_up_on_a_current_database_say_so()
    {
        var status = await _koauth.TypeAsync("migrate status");
        var json = await _koauth.TypeAsync("migrate status --json");
        var up = await _koauth.TypeAsync("migrate up");

        Assert.Equal((0, $"Database  {DatabaseFile}\nSchema    {EarlierDatabase.Known[^1]}\nIt is up to date.\n", ""), (status.ExitCode, status.Output, status.Error));
        Assert.True(json.Json.GetProperty("upToDate").GetBoolean());
        Assert.Equal(EarlierDatabase.Known, json.Json.GetProperty("applied").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal((0, "It is up to date.\n", ""), (up.ExitCode, up.Output, up.Error));
    }

    [Theory]
    [MemberData(nameof(Earlier))]
    [Trait("check", "A-85")]
    public async Task A_database_of_an_earlier_version_is_brought_up_with_its_data_and_all_goes_on(string migration)
    {
        var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        await koauth.StopAsync();
        koauth.Services.GetRequiredService<DataDirectoryLock>().Dispose();
        await EarlierDatabase.TakeBackAsync(koauth.DataDirectory, migration);
        using var line = koauth.Commands();
        var missing = EarlierDatabase.Known.Count - 1 - EarlierDatabase.Known.ToList().IndexOf(migration);

        var status = await line.TypeAsync("migrate status");
        Assert.Equal(1, status.ExitCode);
        Assert.Equal(missing, status.Output.Split('\n').Count(l => l.StartsWith("Missing ", StringComparison.Ordinal)));
        var refused = await line.TypeAsync("client list");
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.EndsWith("bring it up with: koauth migrate up\n", refused.Error, StringComparison.Ordinal);
        var up = await line.TypeAsync("migrate up --json");
        Assert.Equal((0, ""), (up.ExitCode, up.Error));
        Assert.Equal(missing, up.Json.GetProperty("taken").GetArrayLength());
        Assert.Equal(0, (await line.TypeAsync("migrate status")).ExitCode);

        await using var upgraded = await koauth.RestartAsync();
        var next = await upgraded.RefreshAsync(tokens.RefreshToken!);
        Assert.Null(next.Error);
        Assert.Equal(tokens.Access.Kid, next.Access.Kid);
        await upgraded.ConnectAsync();
    }

    [Fact]
    [Trait("check", "A-85")]
    public async Task A_database_of_a_newer_version_is_named_and_left_alone()
    {
        await _koauth.InDatabaseAsync(db => db.Database.ExecuteSqlAsync($"insert into \"__EFMigrationsHistory\" values ('29990101000000_FromTheFuture', '99.0.0')", Ct));

        var status = await _koauth.TypeAsync("migrate status");
        var up = await _koauth.TypeAsync("migrate up");

        Assert.Equal(1, status.ExitCode);
        Assert.Contains("Unknown   29990101000000_FromTheFuture\nIt was used by a newer KOauth", status.Output, StringComparison.Ordinal);
        Assert.Equal((1, ""), (up.ExitCode, up.Output));
        Assert.Contains("was used by a newer KOauth", up.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("migrate status")]
    [InlineData("migrate up")]
    public async Task In_a_wrong_directory_nothing_is_made(string line)
    {
        using var empty = new CommandLine();

        var refused = await empty.TypeAsync(line);

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.StartsWith("There is no KOauth database in", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(empty.DataDirectory));
    }

    [Fact]
    [Trait("check", "R-17")]
    public async Task While_a_server_runs_the_schema_is_not_touched()
    {
        await EarlierDatabase.TakeBackAsync(_koauth.DataDirectory, EarlierDatabase.Known[0]);
        using var server = new DataDirectoryLock(new StoreSettings { DataDirectory = _koauth.DataDirectory });
        server.Take();

        var refused = await _koauth.TypeAsync("migrate up");

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.StartsWith("Another koauth serves", refused.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await _koauth.TypeAsync("migrate status")).ExitCode);
    }

    [Fact]
    [Trait("check", "R-17")]
    public async Task Two_at_once_one_migrates_and_the_other_waits_or_says_so()
    {
        await EarlierDatabase.TakeBackAsync(_koauth.DataDirectory, EarlierDatabase.Known[0]);
        using var barrier = new Barrier(2);

        var results = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            barrier.SignalAndWait(Ct);
            return await _koauth.TypeAsync("migrate up");
        })));

        Assert.Contains(results, r => r.ExitCode == 0 && r.Output.StartsWith("The database took ", StringComparison.Ordinal));
        Assert.Single(results, r => r.Output.StartsWith("The database took ", StringComparison.Ordinal));
        Assert.All(results.Where(r => r.ExitCode != 0), r => Assert.StartsWith("Another koauth serves", r.Error, StringComparison.Ordinal));
        Assert.Equal(0, (await _koauth.TypeAsync("migrate status")).ExitCode);
    }

    [Fact]
    [Trait("check", "R-17")]
    public async Task Killed_at_any_step_the_next_run_completes()
    {
        await EarlierDatabase.TakeBackAsync(_koauth.DataDirectory, EarlierDatabase.Known[0]);
        TestDatabase.ClearPool(DatabaseFile);
        var before = await File.ReadAllBytesAsync(DatabaseFile, Ct);
        var all = new Killer(int.MaxValue);
        await using (var db = EarlierDatabase.Open(DatabaseFile, all))
        {
            await db.Database.MigrateAsync(Ct);
        }

        Assert.True(all.Steps > 10);
        for (var step = 1; step < all.Steps; step += Math.Max(1, all.Steps / 12))
        {
            await PutBackAsync(before);
            await using (var killed = EarlierDatabase.Open(DatabaseFile, new Killer(step)))
            {
                await Assert.ThrowsAnyAsync<InvalidOperationException>(() => killed.Database.MigrateAsync(Ct));
            }

            await using (var server = new ServiceCollection().AddLogging()
                .AddData(new StoreSettings { DataDirectory = _koauth.DataDirectory, Durable = false }).BuildServiceProvider())
            {
                await server.StartDataAsync(Ct).WaitAsync(TimeSpan.FromSeconds(30), Ct);
                Assert.Empty(server.GetRequiredService<SqliteSchema>().Look().Pending);
            }
        }
    }

    private async Task PutBackAsync(byte[] before)
    {
        TestDatabase.ClearPool(DatabaseFile);
        File.Delete($"{DatabaseFile}-wal");
        File.Delete($"{DatabaseFile}-shm");
        await File.WriteAllBytesAsync(DatabaseFile, before, Ct);
    }

    /// <summary>From one command on nothing reaches the database any more, as when the process has died.</summary>
    private sealed class Killer(int at) : DbCommandInterceptor
    {
        public int Steps { get; private set; }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            Step();
            return ValueTask.FromResult(result);
        }

        public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
        {
            Step();
            return result;
        }

        private void Step()
        {
            if (++Steps >= at)
            {
                throw new InvalidOperationException("killed");
            }
        }
    }
}
