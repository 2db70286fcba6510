using KOauth.Clients;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Admin.Clients;

public sealed class UpdateClientCommandTests
{
    private static readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    [Trait("check", "A-03")]
    public async Task An_unknown_client_is_an_error_with_the_exact_command_that_registers_it()
    {
        using var koauth = CommandLine.WithDatabase();

        var refused = await koauth.RunAsync(
            "client", "update", "notes", "--redirect-uris", "https://notes.example/cb?a=1&b=2", "--scopes", "openid email", "--trusted");

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Equal(
            "There is no client 'notes'. Register it:\n  koauth client register notes --redirect-uris 'https://notes.example/cb?a=1&b=2' --scopes 'openid email' --trusted\n",
            refused.Error);
        Assert.Equal(0, await koauth.InDatabaseAsync(db => db.Clients.CountAsync(_ct)));
    }

    [Fact]
    [Trait("check", "A-03")]
    public async Task The_command_it_names_works()
    {
        using var koauth = CommandLine.WithDatabase();

        var refused = await koauth.TypeAsync("client update claude-mcp --trusted");
        var command = refused.Error.Split('\n')[1].Trim();

        Assert.Equal("koauth client register claude-mcp --preset claude --trusted", command);
        Assert.Equal(0, (await koauth.TypeAsync(command["koauth ".Length..])).ExitCode);
    }

    [Theory]
    [Trait("check", "A-03")]
    [InlineData("client update claude-mcp --redirect-uris \"https://claude.ai/oauth/callback\" --trusted --active --create")]
    [InlineData("oauth:update-client claude-mcp --redirect-uris \"https://claude.ai/oauth/callback\" --trusted --active")]
    public async Task Update_creates_when_told_to_and_the_older_spelling_always_does(string line)
    {
        using var koauth = CommandLine.WithDatabase();

        var made = await koauth.TypeAsync(line);

        Assert.Equal(0, made.ExitCode);
        Assert.Contains("Created client 'claude-mcp'", made.Output, StringComparison.Ordinal);
        Assert.Matches("OAuth Client Secret +kos_", made.Output);
        var client = await koauth.InDatabaseAsync(db => db.Clients.SingleAsync(_ct));
        Assert.True(client is { Trusted: true, Active: true });
        Assert.Equal(["https://claude.ai/oauth/callback"], client.RedirectUris);

        var again = await koauth.TypeAsync(line);
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("Nothing to change", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("check", "A-16")]
    public async Task The_older_spelling_makes_nothing_when_a_wrapper_swallowed_the_options()
    {
        using var koauth = CommandLine.WithDatabase();

        Assert.Equal(2, (await koauth.TypeAsync("oauth:update-client claude-mcp")).ExitCode);
        Assert.Equal(2, (await koauth.TypeAsync("oauth:update-client claude-mcp https://claude.ai/oauth/callback")).ExitCode);
        Assert.Equal(1, (await koauth.TypeAsync("oauth:update-client claude-mcp --view")).ExitCode);

        Assert.Equal(0, await koauth.InDatabaseAsync(db => db.Clients.CountAsync(_ct)));
    }

    [Fact]
    [Trait("check", "A-10")]
    public async Task An_inactive_client_is_switched_on_again_and_the_audit_log_says_by_whom_and_when()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("client register claude-mcp --preset claude");
        Assert.Equal(0, (await koauth.TypeAsync("client update claude-mcp --active=false")).ExitCode);
        Assert.Matches("Active +no", (await koauth.TypeAsync("client show claude-mcp")).Output);

        Assert.Equal(0, (await koauth.TypeAsync("client update claude-mcp --active")).ExitCode);

        Assert.Matches("Active +yes", (await koauth.TypeAsync("client show claude-mcp")).Output);
        var row = await koauth.InDatabaseAsync(db => db.Audit.OrderBy(a => a.Id).LastAsync(_ct));
        Assert.Equal(($"cli:{Environment.UserName}", "client.updated", "client:claude-mcp"), (row.Actor, row.Action, row.Target));
        Assert.Equal("""{"active":{"old":false,"new":true}}""", row.Changes);
        Assert.InRange(row.At, DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.MaxValue);
    }

    [Fact]
    [Trait("check", "A-17")]
    public async Task Replacing_a_list_prints_the_old_one_and_the_new_one()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("client register notes --redirect-uris https://notes.example/a,https://notes.example/b");

        var changed = await koauth.TypeAsync("client update notes --redirect-uris https://notes.example/c");

        Assert.Equal(0, changed.ExitCode);
        Assert.Equal(
            """
            Changed client 'notes'.
              Redirect URIs, old  https://notes.example/a
                                  https://notes.example/b
              Redirect URIs, new  https://notes.example/c

            """,
            changed.Output);
        var json = (await koauth.TypeAsync("client update notes --redirect-uris https://notes.example/d --json")).Json;
        Assert.Equal("redirectUris", json.GetProperty("changes")[0].GetProperty("name").GetString());
        Assert.Equal("https://notes.example/c", json.GetProperty("changes")[0].GetProperty("old")[0].GetString());
        Assert.Equal("https://notes.example/d", json.GetProperty("changes")[0].GetProperty("new")[0].GetString());
    }

    [Fact]
    [Trait("check", "A-17")]
    public async Task Adding_and_removing_twice_is_the_same_as_once()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("client register notes --redirect-uris https://notes.example/a");

        await koauth.TypeAsync("client update notes --add-redirect-uri https://notes.example/b --add-redirect-uri https://notes.example/c");
        var again = await koauth.TypeAsync("client update notes --add-redirect-uri https://notes.example/b");
        Assert.Equal((0, "Nothing to change: 'notes' is so already.\nWas registered already: https://notes.example/b\n"), (again.ExitCode, again.Output));
        Assert.Equal(
            ["https://notes.example/a", "https://notes.example/b", "https://notes.example/c"],
            (await koauth.InDatabaseAsync(db => db.Clients.SingleAsync(_ct))).RedirectUris);

        await koauth.TypeAsync("client update notes --remove-redirect-uri https://notes.example/b");
        var gone = await koauth.TypeAsync("client update notes --remove-redirect-uri https://notes.example/b");
        Assert.Equal((0, "Nothing to change: 'notes' is so already.\nWas not registered: https://notes.example/b\n"), (gone.ExitCode, gone.Output));
        Assert.Equal(
            ["https://notes.example/a", "https://notes.example/c"],
            (await koauth.InDatabaseAsync(db => db.Clients.SingleAsync(_ct))).RedirectUris);
        Assert.Equal(3, await koauth.InDatabaseAsync(db => db.Audit.CountAsync(_ct)));
    }

    [Fact]
    [Trait("check", "A-14")]
    public async Task Scopes_are_replaced_and_lifted()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("resource register https://mcp.example/mcp --scopes mcp:tools:read");
        await koauth.TypeAsync("client register claude-mcp --preset claude");

        var changed = await koauth.TypeAsync("client update claude-mcp --scopes \"openid profile email mcp:tools:read\"");

        Assert.Equal((0, ""), (changed.ExitCode, changed.Error));
        Assert.Equal(["openid", "profile", "email", "mcp:tools:read"], (await koauth.InDatabaseAsync(db => db.Clients.SingleAsync(_ct))).Scopes!);
        Assert.Equal(0, (await koauth.TypeAsync("client update claude-mcp --scopes all")).ExitCode);
        Assert.Null((await koauth.InDatabaseAsync(db => db.Clients.SingleAsync(_ct))).Scopes);
    }

    [Fact]
    public async Task A_scope_that_no_resource_has_is_warned_of_with_the_command_that_gives_it_one()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("resource register https://mcp.example/mcp");
        await koauth.TypeAsync("client register claude-mcp --preset claude");

        var changed = await koauth.TypeAsync("client update claude-mcp --scopes \"openid notes:read\"");

        Assert.Equal(0, changed.ExitCode);
        var fix = changed.Error.Split('\n')[1].Trim();
        Assert.Equal("koauth resource update https://mcp.example/mcp --add-scope notes:read", fix);
        Assert.Equal(0, (await koauth.TypeAsync(fix["koauth ".Length..])).ExitCode);
        Assert.Equal("", (await koauth.TypeAsync("client update claude-mcp --trusted")).Error);
    }

    [Theory]
    [Trait("check", "A-13")]
    [InlineData(ClientOrigin.Registration)]
    [InlineData(ClientOrigin.MetadataDocument)]
    public async Task A_client_that_registered_itself_is_never_trusted(object origin)
    {
        using var koauth = CommandLine.WithDatabase();
        var id = origin is ClientOrigin.Registration ? "koc_1" : "https://claude.ai/oauth/mcp-oauth-client-metadata";
        await koauth.InDatabaseAsync(db =>
        {
            db.Clients.Add(new Client
            {
                ClientId = id,
                Name = "Itself",
                Origin = (ClientOrigin)origin,
                AuthMethod = "client_secret_post",
                Secrets = [new ClientSecret([1], "abcd", DateTimeOffset.UnixEpoch, null)],
                RedirectUris = ["https://claude.ai/api/mcp/auth_callback"],
            });
            return db.SaveChangesAsync(_ct);
        });

        var refused = await koauth.TypeAsync($"client update {id} --trusted");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("It registered itself", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await koauth.TypeAsync($"client update {id} --active=false")).ExitCode);
    }

    [Theory]
    [InlineData("client update trusted --add-redirect-uri http://127.0.0.1/cb", "trust_refused")]
    [InlineData("client update trusted --redirect-uris com.example.app:/cb", "trust_refused")]
    [InlineData("client update trusted --remove-redirect-uri https://a.example/cb", "redirect_uri_invalid")]
    [InlineData("client update trusted --name \"a\u202Eb\"", "client_metadata_invalid")]
    [InlineData("client update trusted --website javascript:alert(1)", "client_metadata_invalid")]
    [InlineData("client update trusted --resources https://unknown.example", "resource_unknown")]
    public async Task An_update_obeys_every_rule_of_a_registration(string line, string reason)
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("client register trusted --redirect-uris https://a.example/cb --trusted");
        var before = (await koauth.TypeAsync("client show trusted --json")).Output;

        var refused = await koauth.TypeAsync(line);

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains($"({reason})", refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, (await koauth.TypeAsync("client show trusted --json")).Output);
        Assert.Equal(1, await koauth.InDatabaseAsync(db => db.Audit.CountAsync(_ct)));
    }

    [Theory]
    [Trait("check", "A-16")]
    [InlineData("client update claude-mcp")]
    [InlineData("client update claude-mcp --create")]
    [InlineData("client update claude-mcp --json")]
    [InlineData("client update --trusted")]
    [InlineData("client update claude-mcp --redirecturis https://claude.ai/oauth/callback")]
    [InlineData("client update claude-mcp https://claude.ai/oauth/callback")]
    [InlineData("client update claude-mcp --redirect-uris https://a.example/cb --trust")]
    [InlineData("client update claude-mcp --active no")]
    [InlineData("client update claude-mcp --trusted=perhaps")]
    [InlineData("client update claude-mcp --view --active=false")]
    [InlineData("client update claude-mcp --public")]
    [InlineData("client update claude-mcp --name --trusted")]
    [InlineData("client update claude-mcp --add-redirect-uri --active=false")]
    [InlineData("client updat claude-mcp --active=false")]
    [InlineData("client update claude-mcp --redirect-uris \"\"")]
    public async Task A_slip_changes_nothing(string line)
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("client register claude-mcp --preset claude");
        var before = (await koauth.TypeAsync("client show claude-mcp --json")).Output;

        var refused = await koauth.TypeAsync(line);

        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.NotEqual("", refused.Error);
        Assert.Equal(before, (await koauth.TypeAsync("client show claude-mcp --json")).Output);
    }

    [Fact]
    public async Task Viewing_is_showing()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("client register claude-mcp --preset claude");

        Assert.Equal((await koauth.TypeAsync("client show claude-mcp")).Output, (await koauth.TypeAsync("oauth:update-client claude-mcp --view")).Output);
    }

    [Fact]
    public async Task A_client_can_be_held_to_tokens_bound_to_a_key()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("client register notes --redirect-uris https://notes.example/cb --dpop");
        Assert.True(await koauth.InDatabaseAsync(db => db.Clients.Select(c => c.RequiresBoundTokens).SingleAsync(_ct)));

        var changed = await koauth.TypeAsync("client update notes --dpop=false");

        Assert.Equal(0, changed.ExitCode);
        Assert.Contains("Tokens bound to a key only", changed.Output, StringComparison.Ordinal);
        Assert.False(await koauth.InDatabaseAsync(db => db.Clients.Select(c => c.RequiresBoundTokens).SingleAsync(_ct)));
    }
}
