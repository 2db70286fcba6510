using System.Text.RegularExpressions;
using KOauth.Journeys.Running;

namespace KOauth.Journeys;

/// <summary>The first thing anybody tries.</summary>
public sealed partial class DemoTests
{
    [Fact]
    public async Task The_demo_connects_a_client_and_stays_until_interrupted()
    {
        using var patience = Patience.Begin(TestContext.Current.CancellationToken);
        using var temporary = new TemporaryDirectory();
        await using var demo = KOauthCommand.Start(["demo"], new Dictionary<string, string> { ["TMPDIR"] = temporary.Path });

        var said = await demo.SaysAsync("Ctrl+C ends it.", patience.Token);
        Assert.Matches(@"✓ signed in and approved +the browser came back to https://claude\.ai/", said);
        Assert.Matches(@"✓ tool called +add_note answered .*It works\.", said);
        Assert.Matches(@"✓ tokens refreshed +list_notes answered .*It works\.", said);
        using var http = new HttpClient();
        var page = await http.GetStringAsync(Open().Match(said).Groups["url"].Value, patience.Token);
        Assert.Contains("name=\"password\"", page, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetDirectories(temporary.Path, "koauth-demo-*"));

        await demo.SignalAsync("INT", patience.Token);
        Assert.Equal(0, await demo.ExitCodeAsync(patience.Token));
        Assert.Empty(Directory.GetFileSystemEntries(temporary.Path, "koauth*"));
        Assert.Equal("", demo.Error);
    }

    /// <summary>The first command of the README, as it is written there, in a terminal that is then told Ctrl+C.</summary>
    [Fact]
    public async Task The_first_command_of_the_readme_does_what_it_promises()
    {
        Tool.Session.Need();
        using var patience = Patience.Begin(TestContext.Current.CancellationToken);
        using var temporary = new TemporaryDirectory();
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), patience.Token);
        var command = FirstCommand().Match(readme).Groups["command"].Value;
        Assert.Contains("demo", command, StringComparison.Ordinal);

        // Build servers that outlive the command would keep its output open.
        var environment = KOauthCommand.WithoutForeignSettings(new Dictionary<string, string>
        {
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["UseSharedCompilation"] = "false",
            ["TMPDIR"] = temporary.Path,
        });
        await using var demo = RunningProgram.Start(Tool.Session.File, ["/bin/sh", "-ec", command], environment, Repository.Root);
        var said = await demo.SaysAsync("Ctrl+C ends it.", patience.Token);
        Assert.Contains("✓ tool called", said, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetDirectories(temporary.Path, "koauth-demo-*"));

        await demo.InterruptAsync(patience.Token);
        await demo.ExitCodeAsync(patience.Token); // the shell's own, which was interrupted as well
        Assert.Empty(Directory.GetDirectories(temporary.Path, "koauth-demo-*"));
    }

    [GeneratedRegex(@"^```(bash|sh)\n(?<command>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex FirstCommand();

    [GeneratedRegex(@"Open +(?<url>http://localhost:\d+/)")]
    private static partial Regex Open();
}
