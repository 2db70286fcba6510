using System.Diagnostics;

namespace KOauth.Tests.Admin.Clients;

public sealed class TerminalTests
{
    private static readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    [Trait("check", "A-01")]
    public async Task On_a_real_terminal_the_program_asks_and_a_person_answers()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "There is no program here that makes a terminal.");
        using var koauth = CommandLine.WithDatabase();
        var program = Path.Combine(AppContext.BaseDirectory, "koauth");
        using var terminal = Process.Start(new ProcessStartInfo("/usr/bin/script",
            ["--quiet", "--return", "--echo", "never", "--command", $"'{program}' client register", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["KOAUTH_DATA"] = koauth.DataDirectory, ["TERM"] = "dumb", ["NO_COLOR"] = "1" },
        })!;

        await AnswerAsync(terminal, "Which app is it?", "claude");
        await AnswerAsync(terminal, "Which id shall it have?", "claude-mcp");
        await AnswerAsync(terminal, "The address of your MCP server", "https://mcp.example/mcp");
        var rest = await terminal.StandardOutput.ReadToEndAsync(_ct);
        await terminal.WaitForExitAsync(_ct);

        Assert.Equal(0, terminal.ExitCode);
        Assert.Matches(@"Remote MCP server URL\s+https://mcp\.example/mcp", rest);
        Assert.Matches(@"OAuth Client ID\s+claude-mcp", rest);
        Assert.Matches(@"OAuth Client Secret\s+kos_", rest);
    }

    private static async Task AnswerAsync(Process terminal, string question, string answer)
    {
        var read = "";
        var buffer = new char[256];
        while (!read.Contains(question, StringComparison.Ordinal))
        {
            var count = await terminal.StandardOutput.ReadAsync(buffer, _ct);
            Assert.True(count > 0, $"It ended before it asked '{question}': {read}");
            read += new string(buffer, 0, count);
        }

        await terminal.StandardInput.WriteAsync(answer + "\r");
        await terminal.StandardInput.FlushAsync(_ct);
    }
}
