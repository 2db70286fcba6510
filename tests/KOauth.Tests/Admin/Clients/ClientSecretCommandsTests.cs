using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Admin.Clients;

public sealed class ClientSecretCommandsTests
{
    private static readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    [Trait("check", "A-56")]
    public async Task A_secret_on_standard_input_is_checked_and_what_is_wrong_with_it_is_said()
    {
        using var koauth = CommandLine.WithDatabase();
        var secret = await RegisterAsync(koauth, "claude-mcp");
        var other = await RegisterAsync(koauth, "other");

        Assert.Equal((0, "It matches.\n", ""), await CheckAsync(koauth, secret));
        Assert.Equal((0, "It matches.\n", ""), await CheckAsync(koauth, secret + "\n"));
        Assert.Equal((1, "", "It does not match. It has spaces or a line break before or after it.\n"), await CheckAsync(koauth, $" {secret}\n"));
        Assert.Equal((1, "", "It does not match. It is percent-encoded.\n"), await CheckAsync(koauth, secret.Replace("_", "%5F", StringComparison.Ordinal)));
        Assert.Equal((1, "", "It does not match. It is the secret of another client: other.\n"), await CheckAsync(koauth, other));
        Assert.Equal((1, "", "It does not match. It is the client id.\n"), await CheckAsync(koauth, "claude-mcp"));
        Assert.Equal((1, "", "It does not match. It is a secret of nobody here.\n"), await CheckAsync(koauth, "kos_wrong"));
        Assert.Equal((1, "", "It does not match. Nothing came on standard input.\n"), await CheckAsync(koauth, ""));
    }

    [Fact]
    [Trait("check", "A-57")]
    public async Task After_a_rotation_both_secrets_match_until_the_overlap_ends()
    {
        using var koauth = CommandLine.WithDatabase();
        var first = await RegisterAsync(koauth, "claude-mcp");

        var rotated = await koauth.TypeAsync("client secret rotate claude-mcp --json");
        var second = rotated.Json.GetProperty("clientSecret").GetString()!;

        Assert.NotEqual(first, second);
        Assert.Equal(0, (await CheckAsync(koauth, second)).Exit);
        var previous = await CheckAsync(koauth, first);
        Assert.Equal(0, previous.Exit);
        Assert.StartsWith("It matches. It is the previous secret, valid until 2", previous.Output, StringComparison.Ordinal);

        var third = (await koauth.TypeAsync("client secret rotate claude-mcp --overlap 0 --json")).Json.GetProperty("clientSecret").GetString()!;

        Assert.Equal(0, (await CheckAsync(koauth, third)).Exit);
        Assert.Equal(1, (await CheckAsync(koauth, second)).Exit);
        Assert.Equal(1, (await CheckAsync(koauth, first)).Exit);
        Assert.Single((await koauth.InDatabaseAsync(db => db.Clients.SingleAsync(_ct))).Secrets);
        Assert.Equal(2, await koauth.InDatabaseAsync(db => db.Audit.CountAsync(a => a.Action == "client.secret_rotated" && a.Changes == null, _ct)));
    }

    [Theory]
    [InlineData("client secret rotate public", 1)]
    [InlineData("client secret rotate public --overlap soon", 2)]
    [InlineData("client secret check public", 1)]
    public async Task A_client_without_a_secret_gets_none(string line, int exitCode)
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("client register public --preset cursor");

        var refused = await koauth.TypeAsync(line);

        Assert.Equal((exitCode, ""), (refused.ExitCode, refused.Output));
        Assert.Empty((await koauth.InDatabaseAsync(db => db.Clients.SingleAsync(_ct))).Secrets);
    }

    private static async Task<string> RegisterAsync(CommandLine koauth, string id) =>
        (await koauth.TypeAsync($"client register {id} --preset claude --json")).Json.GetProperty("clientSecret").GetString()!;

    private static async Task<(int Exit, string Output, string Error)> CheckAsync(CommandLine koauth, string input)
    {
        koauth.Input = input;
        var result = await koauth.TypeAsync("client secret check claude-mcp");
        return (result.ExitCode, result.Output, result.Error);
    }
}
