namespace KOauth.Tests.Admin.Resources;

/// <summary><c>koauth resource secret rotate</c>.</summary>
public sealed class ResourceSecretCommandTests
{
    [Fact]
    public async Task The_secret_is_shown_once_as_the_settings_of_the_MCP_server()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("resource register https://mcp.example.com/mcp");

        var made = await koauth.TypeAsync("resource secret rotate https://mcp.example.com/mcp");

        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        Assert.Matches("KOAUTH_RESOURCE_ID +kom_", made.Output);
        Assert.Matches("KOAUTH_RESOURCE_SECRET +kos_", made.Output);
        var secret = made.Output.Split("kos_")[1].Split('\n')[0].Trim();
        var shown = await koauth.TypeAsync("resource show https://mcp.example.com/mcp --json");
        Assert.DoesNotContain(secret, shown.Output, StringComparison.Ordinal);
        Assert.True(await koauth.InDatabaseAsync(db => Task.FromResult(db.Audit.Any(a => a.Action == "resource.secret_rotated" && a.Changes == null))));
    }

    [Fact]
    public async Task The_one_before_stays_valid_as_long_as_was_said()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("resource register https://mcp.example.com/mcp");
        await koauth.TypeAsync("resource secret rotate https://mcp.example.com/mcp");

        var second = (await koauth.TypeAsync("resource secret rotate https://mcp.example.com/mcp --overlap 2h --json")).Json;
        Assert.InRange(second.GetProperty("previousSecretValidUntil").GetDateTimeOffset() - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(110), TimeSpan.FromHours(2));

        var third = await koauth.TypeAsync("resource secret rotate https://mcp.example.com/mcp --overlap 0");
        Assert.DoesNotContain("stays valid", third.Output, StringComparison.Ordinal);
        var kept = await koauth.InDatabaseAsync(db => Task.FromResult(db.Resources.Single().Secrets.Count));
        Assert.Equal(1, kept);
    }

    [Theory]
    [InlineData("resource secret rotate https://unknown.example.com/mcp", 1, "There is no resource")]
    [InlineData("resource secret rotate https://mcp.example.com/mcp --overlap soon", 2, "--overlap cannot be 'soon'")]
    [InlineData("resource secret rotate", 2, "URI")]
    public async Task What_cannot_be_done_is_said(string line, int exitCode, string said)
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("resource register https://mcp.example.com/mcp");
        var refused = await koauth.TypeAsync(line);
        Assert.Equal(exitCode, refused.ExitCode);
        Assert.Contains(said, refused.Error, StringComparison.Ordinal);
    }
}
