using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Admin.Resources;

public sealed class ResourceCommandsTests
{
    private static readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_resource_is_registered_shown_and_listed()
    {
        using var koauth = CommandLine.WithDatabase();

        var made = await koauth.TypeAsync(
            "resource register https://mcp.example/mcp --name Notes --scopes \"notes:read notes:write\" --default-scopes notes:read --describe \"notes:read=Read your notes\"");

        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        var json = (await koauth.TypeAsync("resource show HTTPS://mcp.example/mcp/ --json")).Json;
        Assert.Equal("https://mcp.example/mcp", json.GetProperty("audience").GetString());
        Assert.Equal("Read your notes", json.GetProperty("scopes")[0].GetProperty("description").GetString());
        Assert.False(json.GetProperty("scopes")[1].GetProperty("isDefault").GetBoolean());
        Assert.Matches(@"https://mcp\.example/mcp +Notes +notes:read notes:write +0", (await koauth.TypeAsync("resource list")).Output);
        var row = await koauth.InDatabaseAsync(db => db.Audit.SingleAsync(_ct));
        Assert.Equal(($"cli:{Environment.UserName}", "resource.registered", "resource:https://mcp.example/mcp"), (row.Actor, row.Action, row.Target));
    }

    [Theory]
    [InlineData("resource register ftp://mcp.example", "resource_invalid")]
    [InlineData("resource register http://mcp.example", "resource_invalid")]
    [InlineData("resource register https://mcp.example/#x", "resource_invalid")]
    [InlineData("resource register https://u@mcp.example/", "resource_invalid")]
    [InlineData("resource register https://mcp.example/a/../b", "resource_invalid")]
    [InlineData("resource register https://taken.example/", "resource_taken")]
    [InlineData("resource register HTTPS://taken.EXAMPLE:443", "resource_taken")]
    [InlineData("resource register https://mcp.example --audience https://taken.example", "resource_taken")]
    [InlineData("resource register https://mcp.example --audience \"a b\"", "resource_invalid")]
    [InlineData("resource register https://mcp.example --scopes openid", "resource_invalid")]
    [InlineData("resource register https://mcp.example --scopes \"a a\"", "resource_invalid")]
    [InlineData("resource register https://mcp.example --name \"a\u202Eb\"", "resource_invalid")]
    [InlineData("resource register https://mcp.example --describe a=b", "resource_invalid")]
    [InlineData("resource register http://localhost:3000/", "resource_invalid")] // the issuer
    [InlineData("resource register https://mcp.example --audience http://localhost:3000", "resource_taken")]
    public async Task A_resource_obeys_the_rules(string line, string reason)
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("resource register https://taken.example");

        var refused = await koauth.TypeAsync(line);

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains($"({reason})", refused.Error, StringComparison.Ordinal);
        Assert.Equal(1, await koauth.InDatabaseAsync(db => db.Resources.CountAsync(_ct)));
    }

    [Theory]
    [InlineData("resource update https://mcp.example --audience https://other.example", "resource_taken")]
    [InlineData("resource update https://mcp.example --add-scope openid", "resource_invalid")]
    [InlineData("resource update https://mcp.example --default-scopes gone", "resource_invalid")]
    public async Task An_update_obeys_them_too(string line, string reason)
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("resource register https://other.example");
        await koauth.TypeAsync("resource register https://mcp.example --scopes a");

        var refused = await koauth.TypeAsync(line);

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains($"({reason})", refused.Error, StringComparison.Ordinal);
        Assert.Equal(2, await koauth.InDatabaseAsync(db => db.Audit.CountAsync(_ct)));
    }

    [Fact]
    public async Task A_scope_keeps_its_number_and_a_number_is_never_used_again()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("resource register https://mcp.example --scopes \"a b\"");
        Assert.Equal(["a1", "b2"], await ScopesAsync(koauth));

        await koauth.TypeAsync("resource update https://mcp.example --remove-scope b");
        await koauth.TypeAsync("resource update https://mcp.example --add-scope c");
        Assert.Equal(["a1", "c3"], await ScopesAsync(koauth));

        await koauth.TypeAsync("resource update https://mcp.example --scopes \"b a\"");
        Assert.Equal(["b4", "a1"], await ScopesAsync(koauth));
    }

    [Fact]
    public async Task Changes_print_old_and_new_and_come_back()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("resource register https://mcp.example");

        var changed = await koauth.TypeAsync("resource update https://mcp.example --audience claude-mcp");
        Assert.Equal(
            """
            Changed https://mcp.example.
              Audience of its tokens, old  https://mcp.example
              Audience of its tokens, new  claude-mcp

            """,
            changed.Output);
        Assert.Equal(0, (await koauth.TypeAsync("resource update https://mcp.example --audience https://mcp.example")).ExitCode);
        Assert.Null((await koauth.InDatabaseAsync(db => db.Resources.SingleAsync(_ct))).Audience);
        Assert.Contains("Nothing to change", (await koauth.TypeAsync("resource update https://mcp.example --name mcp.example")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_resource_leaves_the_lists_of_clients_and_an_emptied_list_allows_nothing()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("resource register https://mcp.example");
        await koauth.TypeAsync("client register limited --preset claude --resources https://mcp.example");
        await koauth.TypeAsync("client register free --preset claude");

        var deleted = await koauth.TypeAsync("resource delete https://MCP.example/");

        Assert.Equal((0, "Deleted https://mcp.example. Nobody was connected.\nTaken off the list of: limited\n"), (deleted.ExitCode, deleted.Output));
        Assert.Empty((await koauth.InDatabaseAsync(db => db.Clients.SingleAsync(c => c.ClientId == "limited", _ct))).Resources!);
        Assert.Null((await koauth.InDatabaseAsync(db => db.Clients.SingleAsync(c => c.ClientId == "free", _ct))).Resources);
        Assert.Equal(0, (await koauth.TypeAsync("client update limited --name Limited")).ExitCode);
    }

    [Theory]
    [InlineData("resource show https://mcp.exmaple")]
    [InlineData("resource delete https://mcp.exmaple")]
    [InlineData("resource update https://mcp.exmaple --name X")]
    public async Task An_unknown_resource_leads_to_the_nearest(string line)
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("resource register https://mcp.example");

        var refused = await koauth.TypeAsync(line);

        Assert.Equal(
            (1, "", "There is no resource https://mcp.exmaple. Did you mean https://mcp.example?\nSee all: koauth resource list\n"),
            (refused.ExitCode, refused.Output, refused.Error));
    }

    [Theory]
    [Trait("check", "A-16")]
    [InlineData("resource register")]
    [InlineData("resource register https://mcp.example https://other.example")]
    [InlineData("resource register https://mcp.example --scope a")]
    [InlineData("resource register https://mcp.example --describe a")]
    [InlineData("resource update https://mcp.example")]
    [InlineData("resource update https://mcp.example --json")]
    public async Task A_slip_changes_nothing(string line)
    {
        using var koauth = CommandLine.WithDatabase();

        var refused = await koauth.TypeAsync(line);

        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.Equal(0, await koauth.InDatabaseAsync(db => db.Resources.CountAsync(_ct)));
    }

    private static async Task<string[]> ScopesAsync(CommandLine koauth) =>
        [.. (await koauth.InDatabaseAsync(db => db.Resources.SingleAsync(_ct))).Scopes.Select(s => $"{s.Name}{s.Id}")];
}
