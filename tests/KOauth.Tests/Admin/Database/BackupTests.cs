using KOauth.Tests.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Admin.Database;

public sealed class BackupTests : IDisposable
{
    private readonly CommandLine _koauth = CommandLine.WithDatabase();
    private readonly string _elsewhere = TestDatabase.NewDirectory();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Backup => Path.Combine(_elsewhere, "koauth-backup.db");

    public void Dispose()
    {
        _koauth.Dispose();
        Directory.Delete(_elsewhere, recursive: true);
    }

    [Fact]
    public async Task A_backup_is_one_file_only_its_owner_reads_and_says_what_is_not_in_it()
    {
        await _koauth.TypeAsync("client register claude-mcp --preset claude");

        var done = await _koauth.TypeAsync($"backup {Backup}");

        Assert.Equal((0, ""), (done.ExitCode, done.Error));
        Assert.Matches($@"^Wrote {Backup}, \d+\.\d MB: clients, resources, people, connections, keys\.\nNot in it: the master key \({_koauth.DataDirectory}/master\.key\), without which", done.Output);
        Assert.Equal([Backup], Directory.GetFiles(_elsewhere));
        Assert.Equal("claude-mcp", Scalar(Backup, "select client_id from clients"));
        Assert.Equal("delete", Scalar(Backup, "pragma journal_mode")); // no companions: one file is the whole
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Backup));
        }
    }

    [Fact]
    public async Task For_programs_it_names_file_and_size()
    {
        var done = await _koauth.TypeAsync($"backup {Backup} --json");

        Assert.Equal(Backup, done.Json.GetProperty("file").GetString());
        Assert.Equal(new FileInfo(Backup).Length, done.Json.GetProperty("bytes").GetInt64());
        Assert.Contains(Path.Combine(_koauth.DataDirectory, "master.key"), done.Json.GetProperty("notInIt").EnumerateArray().Select(n => n.GetString()));
    }

    [Fact]
    public async Task Nothing_is_overwritten()
    {
        await File.WriteAllTextAsync(Backup, "precious", Ct);

        foreach (var target in (string[])[Backup, _elsewhere, Path.Combine(_koauth.DataDirectory, "koauth.db")])
        {
            var refused = await _koauth.TypeAsync($"backup {target}");
            Assert.Equal((1, "", $"There is a {target} already, and it is not overwritten; name another file, or move it away.\n"), (refused.ExitCode, refused.Output, refused.Error));
        }

        Assert.Equal("precious", await File.ReadAllTextAsync(Backup, Ct));
    }

    [Fact]
    public async Task A_link_laid_where_the_copy_is_made_leads_nowhere()
    {
        var victim = Path.Combine(_koauth.DataDirectory, "victim");
        File.CreateSymbolicLink($"{Backup}.incomplete", victim);

        await _koauth.TypeAsync($"backup {Backup}");

        Assert.False(File.Exists(victim));
    }

    [Fact]
    public async Task A_place_where_nothing_can_be_written_is_named()
    {
        var refused = await _koauth.TypeAsync($"backup {_elsewhere}/missing/file.db");

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.StartsWith($"The copy cannot be written to {_elsewhere}/missing/file.db: ", refused.Error, StringComparison.Ordinal);
        Assert.Single(refused.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_broken_database_gives_no_backup()
    {
        var database = Path.Combine(_koauth.DataDirectory, "koauth.db");
        await File.WriteAllTextAsync(database, new string('x', 8192), Ct);

        var refused = await _koauth.TypeAsync($"backup {Backup}");

        Assert.Equal((1, "", $"The file {database} is not a healthy SQLite database. Nothing was written.\n"), (refused.ExitCode, refused.Output, refused.Error));
        Assert.Empty(Directory.GetFiles(_elsewhere));
    }

    [Fact]
    public async Task A_damaged_page_is_noticed()
    {
        for (var i = 0; i < 30; i++)
        {
            await _koauth.TypeAsync($"client register c{i} --preset claude");
        }

        var database = Path.Combine(_koauth.DataDirectory, "koauth.db");
        TestDatabase.ClearPool(database);
        Scalar(database, "pragma wal_checkpoint(truncate)");
        using (var file = new FileStream(database, FileMode.Open, FileAccess.ReadWrite))
        {
            // Every page but the first two: whichever is read, it is noticed.
            file.Position = 8192;
            file.Write(new byte[file.Length - 8192]);
        }

        var refused = await _koauth.TypeAsync($"backup {Backup}");

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Empty(Directory.GetFiles(_elsewhere));
    }

    [Fact]
    public async Task A_database_of_an_earlier_version_is_backed_up_before_the_upgrade()
    {
        await EarlierDatabase.TakeBackAsync(_koauth.DataDirectory, EarlierDatabase.Known[0]);

        Assert.Equal(0, (await _koauth.TypeAsync($"backup {Backup}")).ExitCode);

        Assert.Equal(EarlierDatabase.Known[0], Scalar(Backup, "select max(\"MigrationId\") from \"__EFMigrationsHistory\""));
    }

    [Theory]
    [InlineData("backup")]
    [InlineData("backup a b")]
    [InlineData("backup a --force")]
    public async Task A_slip_writes_nothing(string line) => Assert.Equal(2, (await _koauth.TypeAsync(line)).ExitCode);

    [Fact]
    public async Task In_a_wrong_directory_nothing_is_made()
    {
        using var empty = new CommandLine();

        var refused = await empty.TypeAsync($"backup {Backup}");

        Assert.Equal(1, refused.ExitCode);
        Assert.StartsWith("There is no KOauth database in", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(empty.DataDirectory) || File.Exists(Backup));
    }

    [Fact]
    [Trait("check", "R-04")]
    public async Task Under_load_every_copy_is_whole_and_has_what_was_committed_before_it_began()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(change: s => s with { RefreshGrace = TimeSpan.Zero });
        using var line = koauth.Commands();
        var tokens = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => koauth.ConnectAsync()));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var agents = tokens.Select(mine => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                mine = await koauth.RefreshAsync(mine.RefreshToken!);
                Assert.Null(mine.Error);
            }
        })).ToList();

        for (var i = 0; i < 12; i++)
        {
            var generations = await GenerationsAsync(koauth);
            var copy = Path.Combine(_elsewhere, $"{i}.db");
            Assert.Equal(0, (await line.TypeAsync($"backup {copy}")).ExitCode);
            Assert.Equal("ok", Scalar(copy, "pragma integrity_check"));
            Assert.True((long)Scalar(copy, "select sum(generation) from grants")! >= generations, $"copy {i} is older than its beginning");
        }

        await stop.CancelAsync();
        await Task.WhenAll(agents);
        Assert.NotEqual(Scalar(Path.Combine(_elsewhere, "0.db"), "select sum(generation) from grants"), (object)await GenerationsAsync(koauth));
    }

    private static async Task<long> GenerationsAsync(KOauthApp koauth)
    {
        await using var db = koauth.OpenDatabase();
        return await db.Grants.SumAsync(g => (long)g.Generation, Ct);
    }

    private static object? Scalar(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
