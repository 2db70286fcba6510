using System.Diagnostics;
using KOauth.Journeys.Running;
using Microsoft.Data.Sqlite;

namespace KOauth.Journeys;

/// <summary>A power cut in the middle of a command that ends ten thousand connections.</summary>
public sealed class KillCommandTests
{
    private const int Connections = 10_000;
    private const int Rounds = 8;

    private const string Grants = """
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000)
        insert into grants (id, user_id, client_key, resource_key, scopes, created_at, expires_at, last_used_at, authenticated_at, generation, recent,
                            redeemed_by, user_epoch, client_epoch, link_epoch, store_epoch, story)
        select randomblob(16), u.id, c.key, r.key, 'notes:read', 0, 4102444800000, 4102444800000, 0, 0, x'', 0, u.epoch, 0, 0, s.epoch, 'KAAAAAA'
        from n, users u, clients c, resources r, store s
        """;

    private const string LiveGrants = """
        select count(*) from grants g join users u on u.id = g.user_id join clients c on c.key = g.client_key
        where g.ended_at is null and g.user_epoch = u.epoch and not u.is_disabled
        """;

    [Theory]
    [InlineData("client delete app", "select not exists (select 1 from clients)", "client.deleted")]
    [InlineData("user disable ada@example.com", "select is_disabled from users", "user.disabled")]
    [Trait("check", "LG-05")]
    [Trait("check", "R-33")]
    public async Task A_change_and_its_audit_row_are_there_together_or_not_at_all(string command, string done, string action)
    {
        using var patience = Patience.Begin(TestContext.Current.CancellationToken);
        using var original = new TemporaryDirectory();
        await SeedAsync(original.Path);
        var whole = await WholeAsync(original, command, patience.Token);
        var interrupted = 0;
        for (var round = 0; round < Rounds; round++)
        {
            using var directory = Copy(original);
            await using (var running = KOauthCommand.Start([.. command.Split(' '), "--data", directory.Path]))
            {
                // Half of the cuts come with the first bytes that are written, the other half somewhere in the second half of its life.
                var from = round % 2 == 0 ? await FirstWriteAsync(directory, running) : whole * (0.5 + (0.5 * round / Rounds));
                await Task.Delay(from, patience.Token);
                running.Kill();
            }

            var isDone = Count(directory, done) == 1;
            interrupted += isDone ? 0 : 1;
            Assert.Equal(isDone ? 1 : 0, Count(directory, $"select count(*) from audit where action = '{action}'"));
            Assert.Equal(isDone ? 0 : Connections, Count(directory, LiveGrants));
            if (!isDone)
            {
                await KOauthCommand.RunAsync([.. command.Split(' '), "--data", directory.Path]);
                Assert.Equal(1, Count(directory, done));
                Assert.Equal(0, Count(directory, LiveGrants));
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{interrupted} of {Rounds} were cut off before they were done; a whole one takes {whole.TotalMilliseconds:F0} ms");
    }

    private static async Task SeedAsync(string directory)
    {
        string[] data = ["--data", directory];
        await KOauthCommand.RunAsync(["user", "create", World.Email, "--password-stdin", .. data], World.Password);
        await KOauthCommand.RunAsync(["resource", "register", "https://mcp.example.com/mcp", .. data]);
        await KOauthCommand.RunAsync(["client", "register", "app", "--redirect-uris", "https://app.example.com/callback", .. data]);
        using var connection = Open(directory);
        using var insert = connection.CreateCommand();
        insert.CommandText = Grants;
        Assert.Equal(Connections, insert.ExecuteNonQuery());
    }

    /// <summary>How long it takes when nothing comes between.</summary>
    private static async Task<TimeSpan> WholeAsync(TemporaryDirectory original, string command, CancellationToken ct)
    {
        using var directory = Copy(original);
        var time = Stopwatch.StartNew();
        await using var running = KOauthCommand.Start([.. command.Split(' '), "--data", directory.Path]);
        Assert.Equal(0, await running.ExitCodeAsync(ct));
        return time.Elapsed;
    }

    private static async Task<TimeSpan> FirstWriteAsync(TemporaryDirectory directory, RunningProgram running)
    {
        var log = new FileInfo(directory.Below("koauth.db-wal"));
        while (!running.HasExited)
        {
            log.Refresh();
            if (log is { Exists: true, Length: > 0 })
            {
                break;
            }

            await Task.Yield();
        }

        return TimeSpan.Zero;
    }

    private static TemporaryDirectory Copy(TemporaryDirectory original)
    {
        var copy = new TemporaryDirectory();
        foreach (var file in Directory.EnumerateFiles(original.Path))
        {
            File.Copy(file, copy.Below(Path.GetFileName(file)));
        }

        return copy;
    }

    private static long Count(TemporaryDirectory directory, string question)
    {
        using var connection = Open(directory.Path);
        using var command = connection.CreateCommand();
        command.CommandText = question;
        return (long)command.ExecuteScalar()!;
    }

    private static SqliteConnection Open(string directory)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(directory, "koauth.db")};Pooling=False");
        connection.Open();
        return connection;
    }
}
