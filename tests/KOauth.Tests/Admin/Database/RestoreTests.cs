using System.Net;
using KOauth.Clients;
using KOauth.Data;
using KOauth.Keys;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Tests.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.Admin.Database;

public sealed class RestoreTests : IDisposable
{
    private readonly string _elsewhere = TestDatabase.NewDirectory();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Backup => Path.Combine(_elsewhere, "koauth-backup.db");

    public void Dispose() => Directory.Delete(_elsewhere, recursive: true);

    [Fact]
    [Trait("check", "R-19")]
    public async Task Restored_into_an_empty_directory_all_is_there_and_what_was_used_since_the_backup_is_worth_nothing()
    {
        var koauth = await KOauthApp.StartReadyAsync();
        await koauth.MeetMachineAsync();
        using var browser = koauth.OpenBrowser();
        var flow = new Flow();
        var tokens = await koauth.RedeemAsync(flow, await browser.CodeAsync(flow));
        var (pending, code) = (new Flow(), "");
        code = await browser.CodeAsync(pending);
        await koauth.ChangeAsync(db =>
        {
            db.RegistrationTokens.Add(new RegistrationToken { Hash = [1], LastFour = "abcd", UsesLeft = 1, ExpiresAt = DateTimeOffset.MaxValue });
            db.AccountLinks.Add(new AccountLink { Hash = [1], ExpiresAt = koauth.Clock.GetUtcNow().AddDays(1) });
            return Task.CompletedTask;
        });
        using var line = koauth.Commands();
        Assert.Equal(0, (await line.TypeAsync($"backup {Backup}")).ExitCode);
        var used = await koauth.RefreshAsync(tokens.RefreshToken!); // after the backup
        Assert.Null((await koauth.RedeemAsync(pending, code)).Error); // as well
        var kids = await koauth.Http.GetStringAsync("/.well-known/jwks.json", Ct);

        await using var restored = await RestoreElsewhereAsync(koauth);

        Assert.Equal("invalid_grant", (await restored.RefreshAsync(tokens.RefreshToken!)).Error);
        Assert.Equal("invalid_grant", (await restored.RefreshAsync(used.RefreshToken!)).Error);
        var again = await restored.RedeemAsync(pending, code);
        Assert.Equal("invalid_grant", again.Error);
        Assert.NotEqual(Reasons.CodeExpired.Id, restored.Told[^1].Reason);
        Assert.Equal(kids, await restored.Http.GetStringAsync("/.well-known/jwks.json", Ct)); // access tokens from before verify
        using (var db = restored.OpenDatabase())
        {
            Assert.Equal((0, 0), (await db.Sessions.CountAsync(Ct), await db.SetupLinks.CountAsync(l => l.ExpiresAt < restored.Clock.GetUtcNow(), Ct)));
            Assert.Equal((0, 0), (await db.RegistrationTokens.CountAsync(Ct), await db.AccountLinks.CountAsync(Ct)));
            Assert.Equal(1, await db.Audit.CountAsync(a => a.Action == "store.restored", Ct));
        }

        Assert.Null((await restored.ConnectAsync()).Error); // client, resource, person and password are there
        await koauth.DisposeAsync();
    }

    [Fact]
    [Trait("check", "R-19")]
    public async Task Kept_connections_go_on_and_the_risk_is_said()
    {
        var koauth = await KOauthApp.StartReadyAsync();
        await koauth.MeetMachineAsync();
        var tokens = await koauth.ConnectAsync();
        using var browser = koauth.OpenBrowser();
        var pending = new Flow();
        var code = await browser.CodeAsync(pending);
        using var line = koauth.Commands();
        await line.TypeAsync($"backup {Backup}");
        Assert.Null((await koauth.RedeemAsync(pending, code)).Error);

        await using var restored = await RestoreElsewhereAsync(koauth, " --keep-connections", "can be used once more, and what was revoked since then is alive again");

        Assert.Null((await restored.RefreshAsync(tokens.RefreshToken!)).Error);
        Assert.Null((await restored.RedeemAsync(pending, code)).Error); // what the option costs, and the epoch prevents
        await koauth.DisposeAsync();
    }

    [Fact]
    public async Task What_was_there_is_kept_and_the_restored_database_runs_as_any_other()
    {
        using var koauth = CommandLine.WithDatabase();
        KOauth.Tests.Keys.KeyedDirectory.CopyTo(koauth.DataDirectory);
        await koauth.TypeAsync("client register before --preset claude");
        await koauth.TypeAsync($"backup {Backup}");
        await koauth.TypeAsync("client register after --preset claude");

        var done = await koauth.TypeAsync($"restore {Backup}");

        Assert.Equal((0, ""), (done.ExitCode, done.Error));
        var kept = Assert.Single(Directory.GetFiles(koauth.DataDirectory, "koauth.db.before-restore-*"));
        Assert.Matches($@"^Restored the database in {koauth.DataDirectory} as of \d{{4}}-.*\nWhat was there is kept as {kept}\.\nEverybody connects once more: .*\nStart the server: koauth serve\n$", done.Output);
        Assert.Equal(2L, Scalar(kept, "select count(*) from clients"));
        Assert.Equal("wal", Scalar(Path.Combine(koauth.DataDirectory, "koauth.db"), "pragma journal_mode"));
        Assert.Equal(["before"], await koauth.InDatabaseAsync(db => db.Clients.Select(c => c.ClientId).ToListAsync(Ct)));
        Assert.False(Directory.Exists(Path.Combine(koauth.DataDirectory, "restoring")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(koauth.DataDirectory, "koauth.db")));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(kept));
        }
    }

    [Fact]
    public async Task The_same_backup_restored_twice_never_gets_the_same_epoch()
    {
        using var koauth = CommandLine.WithDatabase();
        KOauth.Tests.Keys.KeyedDirectory.CopyTo(koauth.DataDirectory);
        await koauth.TypeAsync($"backup {Backup}");
        var epochs = new List<int>();

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(0, (await koauth.TypeAsync($"restore {Backup} --json")).ExitCode);
            epochs.Add(await koauth.InDatabaseAsync(db => db.Store.Select(s => s.Epoch).SingleAsync(Ct)));
            TestDatabase.ClearPool(Path.Combine(koauth.DataDirectory, "koauth.db"));
            foreach (var kept in Directory.GetFiles(koauth.DataDirectory, "koauth.db.before-*"))
            {
                File.Delete(kept); // the names have seconds
            }
        }

        Assert.Equal(3, epochs.Distinct().Count());
        Assert.True(epochs[0] > 1000, "an earlier restore elsewhere may have had a small number");
    }

    [Fact]
    public async Task A_running_server_is_not_restored_under_and_nothing_changes()
    {
        using var koauth = CommandLine.WithDatabase();
        KOauth.Tests.Keys.KeyedDirectory.CopyTo(koauth.DataDirectory);
        await koauth.TypeAsync($"backup {Backup}");
        using var server = new DataDirectoryLock(new StoreSettings { DataDirectory = koauth.DataDirectory });
        server.Take();

        var refused = await koauth.TypeAsync($"restore {Backup}");

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.StartsWith("Another koauth serves", refused.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(koauth.DataDirectory, "*before-restore*"));
        Assert.Equal(0, await koauth.InDatabaseAsync(db => db.Store.Select(s => s.Epoch).SingleAsync(Ct)));
    }

    [Fact]
    public async Task Without_the_right_master_key_nothing_happens_and_new_keys_are_the_way_out()
    {
        using var koauth = CommandLine.WithDatabase();
        KOauth.Tests.Keys.KeyedDirectory.CopyTo(koauth.DataDirectory);
        await koauth.TypeAsync("client register claude-mcp --preset claude");
        await koauth.TypeAsync($"backup {Backup}");
        using var other = new CommandLine();
        Directory.CreateDirectory(other.DataDirectory);

        var missing = await other.TypeAsync($"restore {Backup}");

        Assert.Equal((1, ""), (missing.ExitCode, missing.Output));
        Assert.StartsWith($"The master key {other.DataDirectory}/master.key is missing", missing.Error, StringComparison.Ordinal);
        Assert.EndsWith("add --new-keys\n", missing.Error, StringComparison.Ordinal);
        Assert.Equal(["koauth.lock"], Directory.GetFileSystemEntries(other.DataDirectory).Select(Path.GetFileName));

        var done = await other.TypeAsync($"restore {Backup} --new-keys");

        Assert.Equal((0, ""), (done.ExitCode, done.Error));
        Assert.Contains("All keys are new; tokens of before are worth nothing. Make a copy of the master key now.", done.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await other.TypeAsync("keys rotate")).ExitCode);
        var kids = await koauth.InDatabaseAsync(db => db.SigningKeys.Select(k => k.Kid).ToListAsync(Ct));
        Assert.Empty(kids.Intersect(await other.InDatabaseAsync(db => db.SigningKeys.Select(k => k.Kid).ToListAsync(Ct))));
        Assert.Equal(1, await other.InDatabaseAsync(db => db.Clients.CountAsync(Ct)));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("text")]
    [InlineData("foreign")]
    [InlineData("truncated")]
    [InlineData("newer")]
    [InlineData("trigger")]
    [InlineData("orphan")]
    [Trait("check", "AD-18")]
    public async Task A_file_that_is_no_backup_is_refused_and_the_database_stays(string what)
    {
        using var koauth = CommandLine.WithDatabase();
        KOauth.Tests.Keys.KeyedDirectory.CopyTo(koauth.DataDirectory);
        await koauth.TypeAsync("client register claude-mcp --preset claude");
        await koauth.TypeAsync($"backup {Backup}");
        switch (what)
        {
            case "nothing":
                File.Delete(Backup);
                break;
            case "text":
                await File.WriteAllTextAsync(Backup, new string('x', 10_000), Ct);
                break;
            case "foreign":
                File.Delete(Backup);
                Scalar(Backup, "create table t(a); insert into t values (1)");
                break;
            case "trigger":
                Scalar(Backup, "create trigger t after update on store begin update store set epoch = 0; end");
                break;
            case "orphan":
                Scalar(Backup, "pragma foreign_keys=off; insert into user_logins (login_provider, provider_key, user_id) values ('x', 'y', x'00112233445566778899aabbccddeeff')");
                break;
            case "truncated":
                await using (var file = new FileStream(Backup, FileMode.Open))
                {
                    file.SetLength(file.Length / 2);
                }

                break;
            default:
                Scalar(Backup, "insert into \"__EFMigrationsHistory\" values ('29990101000000_FromTheFuture', '99.0.0')");
                break;
        }

        var refused = await koauth.TypeAsync($"restore {Backup}");

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Single(refused.Error.TrimEnd().Split('\n'));
        Assert.Equal(1, await koauth.InDatabaseAsync(db => db.Clients.CountAsync(Ct)));
        Assert.Equal(0, await koauth.InDatabaseAsync(db => db.Store.Select(s => s.Epoch).SingleAsync(Ct)));
        Assert.Empty(Directory.GetFiles(koauth.DataDirectory, "*before-restore*"));
        Assert.False(Directory.Exists(Path.Combine(koauth.DataDirectory, "restoring")));
    }

    [Fact]
    public async Task A_directory_nobody_named_is_not_made()
    {
        using var koauth = CommandLine.WithDatabase();
        KOauth.Tests.Keys.KeyedDirectory.CopyTo(koauth.DataDirectory);
        await koauth.TypeAsync($"backup {Backup}");
        koauth.Environment.Remove("KOAUTH_DATA");

        var refused = await koauth.TypeAsync($"restore {Backup}");

        var implied = Path.GetFullPath("./data");
        Assert.Equal((1, "", $"There is no {implied}. Name the directory to restore into: koauth restore FILE --data DIR\n"), (refused.ExitCode, refused.Output, refused.Error));
        Assert.False(Directory.Exists(implied));
    }

    [Fact]
    public async Task A_broken_database_is_kept_too_and_replaced()
    {
        using var koauth = CommandLine.WithDatabase();
        KOauth.Tests.Keys.KeyedDirectory.CopyTo(koauth.DataDirectory);
        await koauth.TypeAsync($"backup {Backup}");
        var database = Path.Combine(koauth.DataDirectory, "koauth.db");
        TestDatabase.ClearPool(database);
        await File.WriteAllTextAsync(database, "broken", Ct);
        await File.WriteAllTextAsync($"{database}-wal", "its log", Ct);

        Assert.Equal(0, (await koauth.TypeAsync($"restore {Backup}")).ExitCode);

        Assert.Equal(0, (await koauth.TypeAsync("client list")).ExitCode);
        Assert.Equal(["broken", "its log"], await Task.WhenAll(Directory.GetFiles(koauth.DataDirectory, "*before-restore*").Order().Select(f => File.ReadAllTextAsync(f, Ct))));
    }

    [Fact]
    public async Task A_backup_of_an_earlier_version_is_brought_up()
    {
        using var koauth = CommandLine.WithDatabase();
        KOauth.Tests.Keys.KeyedDirectory.CopyTo(koauth.DataDirectory);
        await EarlierDatabase.TakeBackAsync(koauth.DataDirectory, EarlierDatabase.Known[0]);
        await koauth.TypeAsync($"backup {Backup}");

        Assert.Equal(0, (await koauth.TypeAsync($"restore {Backup}")).ExitCode);

        Assert.Equal(0, (await koauth.TypeAsync("migrate status")).ExitCode);
    }

    [Fact]
    [Trait("check", "R-19")]
    public async Task Put_back_by_other_means_it_is_finished_while_the_server_runs()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.MeetMachineAsync();
        var tokens = await koauth.ConnectAsync();
        using var line = koauth.Commands();

        var warnings = koauth.Services.GetRequiredService<Warnings>();
        warnings.Raise(Warnings.RestoredFromBackup, "as the ledger does");
        var done = await line.TypeAsync("restore --finish");

        Assert.Equal((0, "Everybody connects once more: refresh tokens, codes, API keys, sessions and links of before are worth nothing.\n", ""), (done.ExitCode, done.Output, done.Error));
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(tokens.RefreshToken!)).Error);
        await SettledAsync(koauth);
        Assert.Equal(HttpStatusCode.OK, (await koauth.ConnectAsync()).Status);
        Assert.Empty(warnings.Open);
    }

    [Theory]
    [InlineData("restore")]
    [InlineData("restore file --finish")]
    [InlineData("restore --finish --keep-connections")]
    [InlineData("restore file --keep-connections --new-keys")]
    [InlineData("restore a b")]
    [InlineData("restore file --force")]
    public async Task A_slip_restores_nothing(string line)
    {
        using var koauth = CommandLine.WithDatabase();

        Assert.Equal(2, (await koauth.TypeAsync(line)).ExitCode);

        Assert.Equal(0, await koauth.InDatabaseAsync(db => db.Store.Select(s => s.Epoch).SingleAsync(Ct)));
    }

    /// <summary>Stops the server, restores into a directory that has the master key and nothing else, and starts there.</summary>
    private async Task<KOauthApp> RestoreElsewhereAsync(KOauthApp koauth, string options = "", string says = "Everybody connects once more")
    {
        await koauth.StopAsync();
        var directory = TestDatabase.NewDirectory();
        File.Copy(koauth.Settings.MasterKeyFile, Path.Combine(directory, "master.key"));
        using var line = koauth.Commands(directory);
        var done = await line.TypeAsync($"restore {Backup}{options}");
        Assert.Equal((0, ""), (done.ExitCode, done.Error));
        Assert.Contains(says, done.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("is kept as", done.Output, StringComparison.Ordinal);
        return await koauth.StartElsewhereAsync(directory);
    }

    private static async Task SettledAsync(KOauthApp koauth)
    {
        var epoch = 0;
        await using (var db = koauth.OpenDatabase())
        {
            epoch = await db.Store.Select(s => s.Epoch).SingleAsync(Ct);
        }

        Assert.True(SpinWait.SpinUntil(() => koauth.Services.GetRequiredService<KeyRing>().StoreEpoch == epoch, TimeSpan.FromSeconds(10)));
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
