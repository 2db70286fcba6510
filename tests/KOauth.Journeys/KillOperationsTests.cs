using System.Diagnostics;
using KOauth.Journeys.Running;
using Microsoft.Data.Sqlite;

namespace KOauth.Journeys;

/// <summary>A power cut while the master key is replaced or a backup is put back: there is a whole server before and after.</summary>
public sealed class KillOperationsTests
{
    private const int Rounds = 6;

    [Fact]
    [Trait("check", "A-86")]
    public async Task Whenever_a_change_of_the_master_key_is_cut_off_every_key_opens()
    {
        using var original = await SeedAsync();
        await CutAsync(original, ["keys", "rewrap"], async directory =>
        {
            await KOauthCommand.RunAsync(["keys", "rotate", "--data", directory.Path]); // opens all of them
            await KOauthCommand.RunAsync(["keys", "rewrap", "--data", directory.Path]);
            await KOauthCommand.RunAsync(["keys", "rotate", "--data", directory.Path]);
        });
    }

    [Fact]
    [Trait("check", "R-19")]
    public async Task Whenever_a_restore_is_cut_off_the_database_is_the_old_one_or_the_finished_new_one()
    {
        using var original = await SeedAsync();
        using var backups = new TemporaryDirectory();
        var backup = backups.Below("backup.db");
        await KOauthCommand.RunAsync(["backup", backup, "--data", original.Path]);
        await KOauthCommand.RunAsync(["client", "register", "later", "--redirect-uris", "https://app.example.com/callback", "--data", original.Path]);
        await CutAsync(original, ["restore", backup], async directory =>
        {
            Assert.Equal("ok", Ask(directory, "pragma integrity_check"));
            var isRestored = (long)Ask(directory, "select epoch from store")! > 0;
            Assert.Equal(isRestored ? 1L : 2L, Ask(directory, "select count(*) from clients"));
            Assert.Equal(isRestored ? 1L : 0L, Ask(directory, "select count(*) from audit where action = 'store.restored'"));
            await KOauthCommand.RunAsync(["restore", backup, "--data", directory.Path]);
            Assert.Equal(1L, Ask(directory, "select count(*) from clients"));
            await KOauthCommand.RunAsync(["keys", "rotate", "--data", directory.Path]);
        });
    }

    /// <summary>Cuts a command off at several moments, from its first half to its end, each time on a fresh copy.</summary>
    private static async Task CutAsync(TemporaryDirectory original, string[] command, Func<TemporaryDirectory, Task> prove)
    {
        using var patience = Patience.Begin(TestContext.Current.CancellationToken);
        using var undisturbed = Copy(original);
        var time = Stopwatch.StartNew();
        await KOauthCommand.RunAsync([.. command, "--data", undisturbed.Path]);
        var whole = time.Elapsed;
        await prove(undisturbed);
        for (var round = 0; round < Rounds; round++)
        {
            using var directory = Copy(original);
            await using (var running = KOauthCommand.Start([.. command, "--data", directory.Path]))
            {
                await Task.Delay(whole * (0.4 + (0.6 * round / Rounds)), patience.Token);
                running.Kill();
            }

            await prove(directory);
        }
    }

    private static async Task<TemporaryDirectory> SeedAsync()
    {
        var directory = new TemporaryDirectory();
        await KOauthCommand.RunAsync(
            ["client", "register", "app", "--redirect-uris", "https://app.example.com/callback", "--data", directory.Path]);
        await KOauthCommand.RunAsync(["keys", "rotate", "--data", directory.Path]); // makes the first keys
        return directory;
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

    private static object? Ask(TemporaryDirectory directory, string question)
    {
        using var connection = new SqliteConnection($"Data Source={directory.Below("koauth.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = question;
        return command.ExecuteScalar();
    }
}
