using KOauth.Admin.Logs;
using KOauth.Hosting;
using KOauth.Tests.Keys;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KOauth.Tests.Hosting;

public sealed class LogFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("koauth-test-").FullName;
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Present => LogFile.PathIn(_directory);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Two_files_of_limited_size_that_only_their_owner_reads()
    {
        await RunAsync(async log =>
        {
            for (var i = 0; i < 200; i++)
            {
                await SayAsync(log, $"line {i}");
            }
        });

        var previous = LogFile.Previous(Present);
        Assert.Equal([Present, previous], Directory.GetFiles(Path.GetDirectoryName(Present)!).Order());
        foreach (var file in (string[])[Present, previous])
        {
            Assert.InRange(new FileInfo(file).Length, 1, 2200);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }

        Assert.Contains("\"message\":\"line 199\"", (await File.ReadAllLinesAsync(Present, Ct))[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_misses_and_repeats_nothing_while_files_change_under_it()
    {
        using var tail = new LogTail(Present);
        var read = new List<string>();
        await RunAsync(async log =>
        {
            for (var i = 0; i < 120; i++)
            {
                await SayAsync(log, $"line {i}");
                read.AddRange(tail.Read());
            }
        });
        read.AddRange(tail.Read());

        Assert.Equal(Enumerable.Range(0, 120).Select(i => $"line {i}"), read.Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task A_line_that_is_half_written_is_read_when_it_is_whole()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Present)!);
        await File.WriteAllTextAsync(Present, "{\"message\":\"ä", Ct);
        using var tail = new LogTail(Present);

        Assert.Empty(tail.Read());
        await File.AppendAllTextAsync(Present, "ö\"}\n{\"mess", Ct);

        Assert.Equal("{\"message\":\"äö\"}", Assert.Single(tail.Read()));
    }

    [Fact]
    public async Task No_line_is_kept_for_longer_than_addresses()
    {
        await RunAsync(log => SayAsync(log, "from 192.0.2.7"));

        _clock.Advance(TimeSpan.FromDays(16)); // half of the 30 days and a bit
        File.SetLastWriteTimeUtc(Present, _clock.GetUtcNow().UtcDateTime.AddDays(-1));
        await RunAsync(log => SayAsync(log, "later"));
        Assert.Contains("192.0.2.7", await File.ReadAllTextAsync(LogFile.Previous(Present), Ct), StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.7", await File.ReadAllTextAsync(Present, Ct), StringComparison.Ordinal);

        _clock.Advance(TimeSpan.FromDays(15));
        await RunAsync(log => SayAsync(log, "much later"));
        Assert.DoesNotContain("192.0.2.7", string.Concat(Directory.GetFiles(Path.GetDirectoryName(Present)!).Select(File.ReadAllText)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 30)]
    [InlineData(true, 0)]
    public async Task Switched_off_or_with_no_time_for_addresses_there_is_none(bool isOn, int days)
    {
        await RunAsync(log => SayAsync(log, "a line", wait: false), s => s with { WritesLogFile = isOn, AddressRetention = TimeSpan.FromDays(days) });

        Assert.False(Directory.Exists(Path.GetDirectoryName(Present)));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_stops_nothing_and_is_said_once()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "logs"), "a file where the directory should be", Ct);
        var said = new LogLines();

        await RunAsync(async log =>
        {
            for (var i = 0; i < 5; i++)
            {
                await SayAsync(log, $"line {i}", wait: false);
                await Task.Delay(20, Ct);
            }
        }, said: said);

        Assert.Contains("cannot be written, so koauth logs misses lines", Assert.Single(said.Lines), StringComparison.Ordinal);
    }

    private async Task RunAsync(Func<ILogger, Task> use, Func<KOauthSettings, KOauthSettings>? change = null, LogLines? said = null)
    {
        var settings = OpenRing.Settings() with { DataDirectory = _directory };
        settings = change?.Invoke(settings) ?? settings;
        using var file = new LogFile(settings, _clock);
        using var errors = said is null ? null : LoggerFactory.Create(l => l.AddProvider(said));
        using var writer = new LogFileWriter(file, settings, _clock, errors?.CreateLogger<LogFileWriter>() ?? NullLogger<LogFileWriter>.Instance) { MaxBytes = 2000 };
        await writer.StartAsync(Ct);
        await use(file.CreateLogger("test"));
        await writer.StopAsync(Ct);
    }

    private async Task SayAsync(ILogger log, string sentence, bool wait = true)
    {
#pragma warning disable CA1848, CA2254 // any line will do
        log.LogInformation(sentence);
#pragma warning restore CA1848, CA2254
        for (var patience = 0; wait && !Files().Contains(sentence, StringComparison.Ordinal); patience++)
        {
            Assert.True(patience < 1000, $"'{sentence}' was not written");
            await Task.Delay(5, Ct);
        }
    }

    private string Files()
    {
        var text = "";
        foreach (var file in (string[])[LogFile.Previous(Present), Present])
        {
            if (File.Exists(file))
            {
                using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
                text += reader.ReadToEnd();
            }
        }

        return text;
    }
}
