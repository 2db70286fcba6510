using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Admin.Clients;

public sealed class RegisterClientCommandTests
{
    private static readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    [Trait("check", "A-02")]
    public async Task Without_a_terminal_a_client_is_made_without_questions()
    {
        using var koauth = CommandLine.WithDatabase();

        var made = await koauth.TypeAsync("client register claude-mcp --preset claude --trusted");

        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        var client = await koauth.InDatabaseAsync(db => db.Clients.SingleAsync(_ct));
        Assert.Equal(("claude-mcp", "Claude", true, true, "client_secret_post"), (client.ClientId, client.Name, client.Trusted, client.Active, client.AuthMethod));
    }

    [Fact]
    [Trait("check", "A-02")]
    public async Task For_programs_there_is_json()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("resource register https://mcp.example/mcp");

        var made = await koauth.TypeAsync("client register claude-mcp --preset claude --trusted --json");

        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        Assert.Equal("claude-mcp", made.Json.GetProperty("clientId").GetString());
        Assert.Equal("https://mcp.example/mcp", made.Json.GetProperty("mcpServerUrls")[0].GetString());
        Assert.True(made.Json.GetProperty("client").GetProperty("trusted").GetBoolean());
        Assert.Equal(0, made.Json.GetProperty("warnings").GetArrayLength());
    }

    [Fact]
    [Trait("check", "A-01")]
    public async Task The_three_values_to_paste_are_named_as_claude_names_them()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("resource register https://mcp.example/mcp");

        var made = await koauth.TypeAsync("client register claude-mcp --preset claude");

        Assert.Matches(@"Remote MCP server URL +https://mcp\.example/mcp\n", made.Output);
        Assert.Matches(@"OAuth Client ID +claude-mcp\n", made.Output);
        Assert.Matches(@"OAuth Client Secret +kos_[A-Za-z0-9_-]{43}\n", made.Output);
        Assert.Contains("koauth diagnose --client-id claude-mcp", made.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("check", "A-01")]
    public async Task On_a_terminal_it_asks_for_what_is_missing_and_for_nothing_else()
    {
        using var koauth = CommandLine.WithDatabase();
        koauth.Answers = ["", "", "https://mcp.example/mcp"];

        var made = await koauth.TypeAsync("client register");

        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        Assert.Matches(@"Remote MCP server URL +https://mcp\.example/mcp\n", made.Output);
        Assert.Matches(@"OAuth Client ID +claude-mcp\n", made.Output);
        Assert.Matches(@"OAuth Client Secret +kos_", made.Output);

        koauth.Answers = [];
        Assert.Equal(0, (await koauth.TypeAsync("client register second --preset claude")).ExitCode);
    }

    [Fact]
    [Trait("check", "A-01")]
    public async Task A_wrong_answer_is_asked_again()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("client register taken --preset claude");
        koauth.Answers =
        [
            "claud", "other",
            "http://notes.example/cb", "https://notes.example/cb, https://notes.example/cb2",
            "taken", "no spaces", "notes",
            "mcp.example", "",
        ];

        var made = await koauth.TypeAsync("client register");

        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        var client = await koauth.InDatabaseAsync(db => db.Clients.SingleAsync(c => c.ClientId == "notes", _ct));
        Assert.Equal(["https://notes.example/cb", "https://notes.example/cb2"], client.RedirectUris);
    }

    [Fact]
    public async Task A_secret_is_shown_once_and_stored_as_a_hash()
    {
        using var koauth = CommandLine.WithDatabase();

        var secret = (await koauth.TypeAsync("client register claude-mcp --preset claude --json")).Json.GetProperty("clientSecret").GetString()!;

        Assert.Matches("^kos_[A-Za-z0-9_-]{43}$", secret);
        var client = await koauth.InDatabaseAsync(db => db.Clients.SingleAsync(_ct));
        var stored = Assert.Single(client.Secrets);
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret)), stored.Hash);
        Assert.Equal(secret[^4..], stored.LastFour);
        Assert.DoesNotContain(secret, await File.ReadAllTextAsync(Path.Combine(koauth.DataDirectory, "koauth.db"), System.Text.Encoding.Latin1, _ct), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("check", "A-07")]
    [InlineData("claude-mcp")]
    [InlineData("a")]
    [InlineData("A.b_c~d-9")]
    public async Task Exactly_the_wanted_id_is_stored(string id)
    {
        using var koauth = CommandLine.WithDatabase();

        Assert.Equal(0, (await koauth.RunAsync("client", "register", id, "--preset", "claude")).ExitCode);

        Assert.Equal(id, await koauth.InDatabaseAsync(db => db.Clients.Select(c => c.ClientId).SingleAsync(_ct)));
    }

    [Theory]
    [Trait("check", "A-07")]
    [InlineData("", "It is empty.")]
    [InlineData("a b", "letters, digits")]
    [InlineData("сlaude", "letters, digits")]
    [InlineData("a/b", "letters, digits")]
    [InlineData("..", "at least one letter or digit")]
    [InlineData("kos_Zm9v", "begins a secret")]
    public async Task An_id_that_is_none_is_refused_with_the_reason(string id, string reason)
    {
        using var koauth = CommandLine.WithDatabase();

        var refused = await koauth.RunAsync("client", "register", id, "--preset", "claude");

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains(reason, refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, await koauth.InDatabaseAsync(db => db.Clients.CountAsync(_ct)));
    }

    [Fact]
    [Trait("check", "A-07")]
    public async Task A_long_id_and_a_used_one_are_refused()
    {
        using var koauth = CommandLine.WithDatabase();
        Assert.Equal(0, (await koauth.TypeAsync($"client register {new string('a', 128)} --preset claude")).ExitCode);

        var long_ = await koauth.TypeAsync($"client register {new string('a', 129)} --preset claude");
        var used = await koauth.TypeAsync($"client register {new string('a', 128)} --preset claude");

        Assert.Equal(1, long_.ExitCode);
        Assert.Contains("It has 129 characters; 128 are allowed.", long_.Error, StringComparison.Ordinal);
        Assert.Equal(1, used.ExitCode);
        Assert.Contains("already", used.Error, StringComparison.Ordinal);
        Assert.Contains("koauth client show", used.Error, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("check", "A-08")]
    [InlineData("javascript:alert(1)", "The scheme javascript: is not allowed.")]
    [InlineData("http://example.com/cb", "http is only for programs on the same device")]
    [InlineData("https://a/cb#f", "It has a fragment")]
    [InlineData("https://u:p@a/cb", "It has a user name or password")]
    [InlineData("https://*.a/cb", "It has a wildcard")]
    public async Task A_redirect_uri_that_is_dangerous_is_refused(string uri, string why)
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("client register ok --preset claude");

        foreach (var args in (string[][])[["register", "bad", "--redirect-uris", uri], ["update", "ok", "--redirect-uris", uri], ["update", "ok", "--add-redirect-uri", uri]])
        {
            var refused = await koauth.RunAsync(["client", .. args]);
            Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
            Assert.StartsWith($"{uri}: {why}", refused.Error, StringComparison.Ordinal);
            Assert.Contains("(redirect_uri_invalid)", refused.Error, StringComparison.Ordinal);
        }

        var client = await koauth.InDatabaseAsync(db => db.Clients.SingleAsync(_ct));
        Assert.DoesNotContain(uri, client.RedirectUris);
    }

    [Fact]
    [Trait("check", "A-05")]
    public async Task The_address_of_older_guides_is_taken_with_a_warning_and_the_command_that_adds_the_current_one()
    {
        using var koauth = CommandLine.WithDatabase();

        var made = await koauth.TypeAsync("client register claude-mcp --redirect-uris https://claude.ai/oauth/callback");

        Assert.Equal(0, made.ExitCode);
        Assert.Contains("Claude is known to use another redirect URI", made.Error, StringComparison.Ordinal);
        var fix = made.Error.Split('\n').Single(line => line.StartsWith("  koauth ", StringComparison.Ordinal)).Trim();
        var mended = await koauth.TypeAsync(fix["koauth ".Length..]);
        Assert.Equal((0, ""), (mended.ExitCode, mended.Error));
        Assert.Contains("https://claude.ai/api/mcp/auth_callback", mended.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://claude.ai/api/mcp/auth_callback", false)]
    [InlineData("https://claude.ai/api/mcp/auth_callback/", true)]
    [InlineData("https://chatgpt.com/connector/oauth/abc123", false)]
    [InlineData("https://chatgpt.com/connector/oaut/abc123", true)]
    [InlineData("https://notes.example/cb", false)]
    public async Task A_slip_on_a_known_host_is_warned_of(string uri, bool warned)
    {
        using var koauth = CommandLine.WithDatabase();

        var made = await koauth.TypeAsync($"client register app --redirect-uris {uri}");

        Assert.Equal((0, warned), (made.ExitCode, made.Error.Contains("Warning", StringComparison.Ordinal)));
    }

    [Theory]
    [Trait("check", "A-13")]
    [InlineData("client register x --preset claude --public --trusted")]
    [InlineData("client register x --preset cursor --trusted")]
    [InlineData("client register x --redirect-uris http://127.0.0.1/cb --trusted")]
    [InlineData("client register x --redirect-uris https://a.example/cb,com.example.app:/cb --trusted")]
    public async Task Trust_needs_a_secret_and_a_redirect_that_leads_to_nobody_else(string line)
    {
        using var koauth = CommandLine.WithDatabase();

        var refused = await koauth.TypeAsync(line);

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("(trust_refused)", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, await koauth.InDatabaseAsync(db => db.Clients.CountAsync(_ct)));
    }

    [Theory]
    [InlineData("--name", "A\u202Eb")]
    [InlineData("--name", "line\nbreak")]
    [InlineData("--name", "zero\u200Bwidth")]
    [InlineData("--name", " blank")]
    [InlineData("--name", "")]
    [InlineData("--description", "bell\a")]
    [InlineData("--website", "http://a.example")]
    [InlineData("--website", "javascript:alert(1)")]
    [InlineData("--logo", "data:image/png;base64,AA")]
    [InlineData("--logo", "https://u@a.example/x.png")]
    public async Task Words_and_links_that_deceive_are_refused(string option, string value)
    {
        using var koauth = CommandLine.WithDatabase();

        var refused = await koauth.RunAsync("client", "register", "x", "--preset", "claude", option, value);

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("(client_metadata_invalid)", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unregistered_resource_is_refused_with_the_command_that_registers_it()
    {
        using var koauth = CommandLine.WithDatabase();

        var refused = await koauth.TypeAsync("client register x --preset claude --resources https://mcp.example/mcp");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("koauth resource register https://mcp.example/mcp", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_is_stored_as_it_was_registered()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("resource register https://mcp.example/mcp");

        Assert.Equal(0, (await koauth.TypeAsync("client register x --preset claude --resources HTTPS://MCP.example:443/mcp/")).ExitCode);

        Assert.Equal(["https://mcp.example/mcp"], (await koauth.InDatabaseAsync(db => db.Clients.SingleAsync(_ct))).Resources!);
    }

    [Fact]
    public async Task An_id_is_made_up_when_nobody_is_there_to_choose()
    {
        using var koauth = CommandLine.WithDatabase();

        var made = await koauth.TypeAsync("client register --preset claude --json");

        Assert.Matches("^koc_[A-Za-z0-9_-]{22}$", made.Json.GetProperty("clientId").GetString());
    }

    [Fact]
    public async Task A_public_client_has_no_secret()
    {
        using var koauth = CommandLine.WithDatabase();

        var made = await koauth.TypeAsync("client register cursor --preset cursor --json");

        Assert.False(made.Json.TryGetProperty("clientSecret", out _));
        Assert.Equal("none", made.Json.GetProperty("client").GetProperty("authMethod").GetString());
        Assert.Empty((await koauth.InDatabaseAsync(db => db.Clients.SingleAsync(_ct))).Secrets);
    }

    [Fact]
    public async Task Registering_writes_who_did_it_and_no_secret()
    {
        using var koauth = CommandLine.WithDatabase();

        var secret = (await koauth.TypeAsync("client register claude-mcp --preset claude --json")).Json.GetProperty("clientSecret").GetString()!;

        var row = await koauth.InDatabaseAsync(db => db.Audit.SingleAsync(_ct));
        Assert.Equal(($"cli:{Environment.UserName}", "client.registered", "client:claude-mcp"), (row.Actor, row.Action, row.Target));
        Assert.Contains("https://claude.ai/api/mcp/auth_callback", row.Changes!, StringComparison.Ordinal);
        Assert.DoesNotContain(secret[4..], row.Changes!, StringComparison.Ordinal);
        Assert.DoesNotContain("secret\":", row.Changes!, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [Trait("check", "A-16")]
    [InlineData("client register")]
    [InlineData("client register claude-mcp")]
    [InlineData("client register claude-mcp claude")]
    [InlineData("client register claude-mcp --preset claud")]
    [InlineData("client register claude-mcp --preset windsurf")]
    [InlineData("client register claude-mcp --preset claude --redirecturis https://a.example/cb")]
    [InlineData("client register claude-mcp --preset claude --trusted yes")]
    [InlineData("client register claude-mcp --preset claude -- --trusted")]
    [InlineData("client register claude-mcp --preset claude --scopes openid profile")]
    [InlineData("client register claude-mcp --preset claude --scopes openid,profile")]
    [InlineData("client register claude-mcp --redirect-uris https://a.example/cb,,https://b.example/cb")]
    [InlineData("client register claude-mcp --redirect-uris --trusted")]
    [InlineData("client register claude-mcp --preset claude --preset chatgpt")]
    [InlineData("oauth:register-client claude-mcp https://claude.ai/oauth/callback")]
    public async Task A_slip_changes_nothing(string line)
    {
        using var koauth = CommandLine.WithDatabase();

        var refused = await koauth.TypeAsync(line);

        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.NotEqual("", refused.Error);
        Assert.Equal(0, await koauth.InDatabaseAsync(db => db.Clients.CountAsync(_ct)));
    }
}
