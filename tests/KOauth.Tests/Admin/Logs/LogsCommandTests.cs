using System.Text.Json;
using System.Text.RegularExpressions;
using KOauth.Hosting;

namespace KOauth.Tests.Admin.Logs;

public sealed partial class LogsCommandTests : IDisposable
{
    private readonly CommandLine _koauth = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _koauth.Dispose();

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    [Trait("check", "A-66")]
    public async Task The_events_of_connections_are_printed_and_followed_whatever_format_standard_output_has(string format)
    {
        _koauth.Environment["KOAUTH_LOG_FORMAT"] = format;
        _koauth.Environment["KOAUTH_URLS"] = "http://127.0.0.1:0";
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        using var served = new SharedWriter();
        var server = ServeAsync(served, stop.Token);
        using var http = new HttpClient { BaseAddress = await AddressAsync(served) };

        await http.GetAsync("/oauth/authorize?client_id=first&redirect_uri=https%3A%2F%2Fapp.example%2Fcb", Ct);
        var line = await EventuallyAsync(async () => (await _koauth.TypeAsync("logs --oauth")).Output, o => o.Contains("reason=", StringComparison.Ordinal));

        Assert.All(line.TrimEnd().Split('\n'), l => Assert.Matches(@"^\d{4}-\d\d-\d\dT[\d:.]+Z (info|warning) oauth [a-z_]+\.[a-z_]+: .+ story=K\w{6}", l));
        Assert.Matches(@"oauth authorize\.refused: .* reason=client_unknown", line);
        var json = (await _koauth.TypeAsync("logs --oauth --lines 1 --json")).Output;
        Assert.Equal("authorize.refused", JsonDocument.Parse(json).RootElement.GetProperty("event").GetString());
        Assert.Contains("The database took ", (await _koauth.TypeAsync("logs")).Output, StringComparison.Ordinal);

        using var followed = new SharedWriter();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await using var services = new ConfiguredServices(_koauth.Environment);
        var following = Cli.RunAsync(["logs", "--follow", "--oauth", "--lines", "0"], services, followed, followed, enough.Token);
        await Task.Delay(300, Ct); // it has begun
        await http.GetAsync("/oauth/authorize?client_id=second&redirect_uri=https%3A%2F%2Fapp.example%2Fcb", Ct);
        await EventuallyAsync(() => Task.FromResult(followed.ToString()), o => o.Contains("authorize.refused", StringComparison.Ordinal));
        await enough.CancelAsync();
        Assert.Equal(0, await following);

        await stop.CancelAsync();
        Assert.Equal(0, await server);
        Assert.Equal(0, (await _koauth.TypeAsync("logs")).ExitCode); // and still there when the server has gone
    }

    [Fact]
    public async Task Where_no_server_ever_ran_it_says_so_and_makes_nothing()
    {
        var refused = await _koauth.TypeAsync("logs");

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.StartsWith($"There is no log in {_koauth.DataDirectory}", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_koauth.DataDirectory));
    }

    [Fact]
    public async Task Switched_off_it_names_the_setting()
    {
        _koauth.Environment["KOAUTH_LOG_FILE"] = "off";

        var refused = await _koauth.TypeAsync("logs");

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("KOAUTH_LOG_FILE", refused.Error, StringComparison.Ordinal);
    }

    [Theory, Trait("check", "LG-02")]
    [InlineData("logs")]
    [InlineData("logs --json")]
    public async Task What_somebody_else_wrote_into_the_file_does_nothing_to_the_terminal(string line)
    {
        var file = LogFile.PathIn(_koauth.DataDirectory);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, "no object \u001b[2J\n{\"time\":\"t\",\"level\":\"info\",\"message\":\"m\\u001b[2J\\n x\"}\n[1]\n{\"event\":\"a.b\",\"client\":\"c\\u001b d\"}\n{\"cut o", Ct);

        var printed = await _koauth.TypeAsync(line);

        Assert.Equal((0, ""), (printed.ExitCode, printed.Error));
        Assert.Equal(4, printed.Output.TrimEnd().Split('\n').Length);
        Assert.DoesNotContain("\u001b", printed.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("logs --lines -1")]
    [InlineData("logs --lines many")]
    [InlineData("logs --grep oauth")]
    public async Task A_slip_prints_nothing(string line)
    {
        var refused = await _koauth.TypeAsync(line);

        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
    }

    private async Task<int> ServeAsync(SharedWriter output, CancellationToken ct)
    {
        await using var services = new ConfiguredServices(_koauth.Environment);
        return await Cli.RunAsync(["serve"], services, output, output, ct);
    }

    /// <summary>From the banner, or with JSON on standard output, from the log file.</summary>
    private async Task<Uri> AddressAsync(SharedWriter served)
    {
        var said = await EventuallyAsync(
            async () => served + (File.Exists(LogFile.PathIn(_koauth.DataDirectory)) ? (await _koauth.TypeAsync("logs")).Output : ""),
            o => Listening().IsMatch(o));
        return new Uri(Listening().Match(said).Value);
    }

    private static async Task<string> EventuallyAsync(Func<Task<string>> look, Func<string, bool> isIt)
    {
        for (var patience = 0; ; patience++)
        {
            var text = await look();
            if (isIt(text))
            {
                return text;
            }

            Assert.True(patience < 300, $"It did not come; there is: {text}");
            await Task.Delay(100, Ct);
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:[1-9]\d+")]
    private static partial Regex Listening();

    /// <summary>Written by one and read by another.</summary>
    private sealed class SharedWriter : StringWriter
    {
        private readonly Lock _gate = new();

        public override void WriteLine(string? value)
        {
            lock (_gate)
            {
                base.WriteLine(value);
            }
        }

        public override Task WriteLineAsync(string? value)
        {
            WriteLine(value);
            return Task.CompletedTask;
        }

        public override string ToString()
        {
            lock (_gate)
            {
                return base.ToString();
            }
        }
    }
}
