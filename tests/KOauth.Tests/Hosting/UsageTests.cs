namespace KOauth.Tests.Hosting;

public sealed class UsageTests : IDisposable
{
    private readonly CommandLine _koauth = new();

    public void Dispose() => _koauth.Dispose();

    [Theory, Trait("check", "A-16")]
    [InlineData("verson", "did you mean 'koauth version'?")]
    [InlineData("version --jsn", "'koauth version' has no option --jsn; did you mean --json?")]
    [InlineData("version --json=", "The option --json= has no value.")]
    [InlineData("version stray", "'koauth version' does not take 'stray' here.")]
    [InlineData("--json version", "The option --json stands too early: put it behind 'koauth version'.")]
    [InlineData("version --urls x", "'koauth version' has no option --urls; it belongs to 'koauth serve'.")]
    [InlineData("--data", "The option --data has no value.")]
    [InlineData("--data a version --data b", "The option --data is given 2 times; give it once.")]
    [InlineData("--data --jsn version", "has no option --jsn")]
    [InlineData("config", "'koauth config' needs one of: show.")]
    [InlineData("config list", "'koauth config' has no command 'list'; it has: show.")]
    [InlineData("@file", "'koauth' has no command '@file'")]
    public async Task A_slip_is_named_with_the_nearest_word_and_changes_nothing(string line, string sentence)
    {
        var result = await _koauth.RunAsync(line.Split(' '));

        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains(sentence, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_koauth.DataDirectory));
    }

    [Fact]
    public async Task A_slip_cannot_write_to_the_terminal_what_it_wants()
    {
        var result = await _koauth.RunAsync("ver\u001b[31mson");

        Assert.DoesNotContain('\u001b', result.Error);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("config show --help")]
    [InlineData("version --help")]
    public async Task Help_is_everywhere_and_opens_nothing(string line)
    {
        var result = await _koauth.RunAsync(line.Split(' '));

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("--data", result.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_koauth.DataDirectory));
    }

    [Fact]
    public async Task The_version_can_be_read_by_a_program()
    {
        var result = await _koauth.RunAsync("version", "--json");

        using var version = System.Text.Json.JsonDocument.Parse(result.Output);
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^\d+\.\d+", version.RootElement.GetProperty("koauth").GetString()!);
    }
}
