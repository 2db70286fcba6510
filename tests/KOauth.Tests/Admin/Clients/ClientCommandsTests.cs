using KOauth.Clients;
using KOauth.Grants;
using KOauth.People;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Admin.Clients;

public sealed class ClientCommandsTests
{
    private static readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    [Trait("check", "A-06")]
    public async Task Showing_tells_of_a_secret_only_what_tells_it_from_another()
    {
        using var koauth = CommandLine.WithDatabase();
        var secret = (await koauth.TypeAsync("client register claude-mcp --preset claude --json")).Json.GetProperty("clientSecret").GetString()!;

        foreach (var shown in (CommandResult[])[await koauth.TypeAsync("client show claude-mcp"), await koauth.TypeAsync("client show claude-mcp --json")])
        {
            Assert.Equal(0, shown.ExitCode);
            Assert.Contains("claude-mcp", shown.Output, StringComparison.Ordinal);
            Assert.Contains(secret[^4..], shown.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(secret[4..12], shown.Output, StringComparison.Ordinal);
        }

        Assert.Matches(@"Secret +ends in \S{4}, made \d{4}-\d\d-\d\d \d\d:\d\d UTC", (await koauth.TypeAsync("client show claude-mcp")).Output);
        Assert.Matches("Last used +never", (await koauth.TypeAsync("client show claude-mcp")).Output);
    }

    [Fact]
    [Trait("check", "A-06")]
    public async Task Showing_tells_when_somebody_last_connected()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("client register claude-mcp --preset claude");
        await ConnectAsync(koauth, "claude-mcp");

        var shown = await koauth.TypeAsync("client show claude-mcp");

        Assert.Matches(@"Last used +\d{4}-", shown.Output);
        Assert.Matches(@"Live connections +1", shown.Output);
    }

    [Fact]
    [Trait("check", "A-04")]
    public async Task The_preset_of_claude_has_its_two_current_addresses_and_any_other_only_with_source_and_date()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("client register claude-mcp --preset claude");
        Assert.Matches(
            @"Redirect URIs +https://claude\.ai/api/mcp/auth_callback\n +https://claude\.com/api/mcp/auth_callback\nScopes",
            (await koauth.TypeAsync("client show claude-mcp")).Output);

        await koauth.TypeAsync("client update claude-mcp --add-redirect-uri https://claude.ai/oauth/callback");

        Assert.Matches(
            @"https://claude\.ai/oauth/callback \(.*older guides.*, 2026-11-23\)",
            (await koauth.TypeAsync("client show claude-mcp")).Output);
    }

    [Fact]
    public async Task An_unknown_id_leads_to_the_nearest()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("client register claude-mcp --preset claude");

        foreach (var verb in (string[])["show", "delete", "secret rotate", "secret check"])
        {
            var refused = await koauth.TypeAsync($"client {verb} Claude_MCP");
            Assert.Equal(
                (1, "", "There is no client 'Claude_MCP'. Did you mean 'claude-mcp'?\nSee all: koauth client list\n"),
                (refused.ExitCode, refused.Output, refused.Error));
        }
    }

    [Fact]
    public async Task Listing_tells_used_from_unused_and_made_from_self_made()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("client register used --preset claude");
        await koauth.TypeAsync("client register unused --preset claude");
        await koauth.InDatabaseAsync(db =>
        {
            db.Clients.Add(new Client { ClientId = "koc_self", Name = "\u001b[31mRed", Origin = ClientOrigin.Registration, AuthMethod = "none" });
            return db.SaveChangesAsync(_ct);
        });
        await ConnectAsync(koauth, "used");

        Assert.Equal(["unused", "used", "koc_self"], Ids(await koauth.TypeAsync("client list --json")));
        Assert.Equal(["unused", "koc_self"], Ids(await koauth.TypeAsync("client list --unused --json")));
        Assert.Equal(["koc_self"], Ids(await koauth.TypeAsync("client list --dynamic --json")));
        Assert.Equal(["koc_self"], Ids(await koauth.TypeAsync("client list --dynamic --unused --json")));
        var list = (await koauth.TypeAsync("client list")).Output;
        Assert.DoesNotContain("\u001b", list, StringComparison.Ordinal);
        Assert.Matches(@"used +Claude +active +an administrator +\d{4}.* +1\n", list);
    }

    [Fact]
    public async Task Deleting_ends_the_connections_and_says_how_many()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("client register claude-mcp --preset claude");
        await ConnectAsync(koauth, "claude-mcp");
        await ConnectAsync(koauth, "claude-mcp");

        var deleted = await koauth.TypeAsync("client delete claude-mcp");

        Assert.Equal(
            (0, "Deleted client 'claude-mcp'. 2 live connections ended; access tokens already issued run out within 1h.\n"),
            (deleted.ExitCode, deleted.Output));
        Assert.Equal(0, await koauth.InDatabaseAsync(db => db.Clients.CountAsync(_ct)));
        Assert.All(await koauth.InDatabaseAsync(db => db.Grants.ToListAsync(_ct)), g => Assert.NotNull(g.EndedAt));
        var row = await koauth.InDatabaseAsync(db => db.Audit.OrderBy(a => a.Id).LastAsync(_ct));
        Assert.Equal(("client.deleted", "client:claude-mcp"), (row.Action, row.Target));
    }

    [Fact]
    public async Task A_new_client_never_inherits_the_key_of_a_deleted_one()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("client register first --preset claude");
        var key = await koauth.InDatabaseAsync(db => db.Clients.Select(c => c.Key).SingleAsync(_ct));
        await koauth.TypeAsync("client delete first");

        await koauth.TypeAsync("client register second --preset claude");

        Assert.NotEqual(key, await koauth.InDatabaseAsync(db => db.Clients.Select(c => c.Key).SingleAsync(_ct)));
    }

    [Theory]
    [InlineData("y", 0, 0)]
    [InlineData("n", 1, 1)]
    [InlineData("", 1, 1)]
    public async Task A_person_is_asked_before_connections_end(string answer, int exitCode, int left)
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("client register claude-mcp --preset claude");
        await ConnectAsync(koauth, "claude-mcp");
        koauth.Answers = [answer];

        Assert.Equal(exitCode, (await koauth.TypeAsync("client delete claude-mcp")).ExitCode);

        Assert.Equal(left, await koauth.InDatabaseAsync(db => db.Clients.CountAsync(_ct)));
    }

    [Fact]
    public async Task Presets_name_source_and_date_and_an_unknown_one_is_a_slip()
    {
        using var koauth = new CommandLine(); // and no database

        var all = await koauth.TypeAsync("client presets --json");
        var one = await koauth.TypeAsync("client presets claude");

        Assert.All(all.Json.GetProperty("presets").EnumerateArray(), preset =>
        {
            Assert.NotEqual("", preset.GetProperty("source").GetString());
            Assert.StartsWith("2026-", preset.GetProperty("checked").GetString(), StringComparison.Ordinal);
        });
        Assert.Contains("https://claude.ai/oauth/mcp-oauth-client-metadata", one.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await koauth.TypeAsync("client presets claud")).ExitCode);
    }

    private static string[] Ids(CommandResult list) =>
        [.. list.Json.GetProperty("clients").EnumerateArray().Select(c => c.GetProperty("clientId").GetString()!)];

    private static Task<int> ConnectAsync(CommandLine koauth, string clientId) => koauth.InDatabaseAsync(async db =>
    {
        var client = await db.Clients.SingleAsync(c => c.ClientId == clientId, _ct);
        var now = TimeProvider.System.GetUtcNow();
        var user = new User { Id = Guid.NewGuid(), CreatedAt = now };
        db.Users.Add(user);
        db.Grants.Add(new Grant
        {
            Id = Guid.NewGuid(),
            UserId = user.Id,
            ClientKey = client.Key,
            Scopes = "",
            Recent = [],
            Story = "K234567",
            CreatedAt = now,
            LastUsedAt = now,
            ExpiresAt = now.AddDays(90),
            ClientEpoch = client.Epoch,
        });
        return await db.SaveChangesAsync(_ct);
    });
}
