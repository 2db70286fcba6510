using System.Text;
using KOauth.Stories;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KOauth.Tests.OAuth;

/// <summary>What holds for a connection as a whole: how it is told, what is never told, and when nobody is asked.</summary>
public sealed class ConnectionTests
{
    private static readonly string[] _inOrder =
        ["Authorization request received", "Redirect URI validated successfully", "Authorization approved", "token exchange successful"];

    [Fact]
    [Trait("check", "A-65")]
    public async Task A_successful_connection_is_one_story_told_in_order()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        await koauth.ConnectAsync();

        var story = Assert.Single(koauth.Told.Select(e => e.Story).Distinct());
        Assert.Matches("^K[A-Z2-9]{6}$", story);
        Assert.Equal(
            _inOrder,
            koauth.Told.SelectMany(e => _inOrder.Where(phrase => e.Message.Contains(phrase, StringComparison.Ordinal))));
        Assert.Equal(
            [
                StoryEvents.AuthorizeReceived, StoryEvents.RedirectUriValidated, StoryEvents.LoginSucceeded, StoryEvents.ConsentShown,
                StoryEvents.AuthorizationApproved, StoryEvents.CodeIssued, StoryEvents.TokenExchanged,
            ],
            koauth.Told.Select(e => e.Name));
        Assert.All(koauth.Told, e => Assert.Equal(KOauthApp.Home.ToString(), e.Address));
    }

    [Fact]
    [Trait("check", "A-67")]
    [Trait("check", "LG-01")]
    [Trait("check", "RF-15")]
    public async Task No_secret_reaches_logs_stories_or_the_database()
    {
        var logs = new AllLogs();
        var koauth = await KOauthApp.StartAsync(s => s with { LogLevel = LogLevel.Trace }, s => s.AddSingleton<ILoggerProvider>(logs));
        await koauth.AddResourceAsync();
        await koauth.AddClientAsync();
        await koauth.AddUserAsync();
        using var browser = koauth.OpenBrowser();
        var flow = new Flow().With("state", "canary-state-4711").With("scope", "openid notes:read").With("nonce", "canary-nonce-4711");

        await browser.OpenAsync(flow.Url);
        await browser.SubmitAsync(null, ("email", "alice@example.test"), ("password", "canary-wrong-password-4711"));
        var code = await browser.CodeAsync(flow);
        await koauth.RedeemAsync(flow, code, changes: ("client_secret", "canary-wrong-secret-4711"));
        await koauth.RedeemAsync(flow, code, changes: ("code_verifier", "canary-wrong-verifier-4711-0123456789012345678901"));
        var tokens = await koauth.RedeemAsync(flow, code);
        var refreshed = await koauth.RefreshAsync(tokens.RefreshToken!);
        await koauth.RefreshAsync("kor_canary-forged-4711");
        await koauth.TokenAsync(("grant_type", "refresh_token"), ("client_id", "kos_canary-secret-as-id-4711"));
        string[] secrets =
        [
            KOauthApp.Password, KOauthApp.SecretOf("app"), code, flow.Verifier, tokens.AccessToken!, tokens.RefreshToken!, tokens.IdToken!,
            refreshed.AccessToken!, refreshed.RefreshToken!, "canary", .. browser.Cookies.Select(c => c.Value),
        ];
        var told = string.Join('\n', koauth.Told);
        await koauth.StopAsync();

        var kept = Directory.EnumerateFiles(koauth.DataDirectory, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(f) is not ("master.key" or "koauth.lock"))
            .Select(f => Encoding.Latin1.GetString(File.ReadAllBytes(f)))
            .ToList();
        Assert.Contains("authorize.received", logs.Text, StringComparison.Ordinal);
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(secret, logs.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, told, StringComparison.Ordinal);
            Assert.All(kept, file => Assert.DoesNotContain(secret, file, StringComparison.Ordinal));
        }

        await koauth.DisposeAsync();
    }

    [Fact]
    [Trait("check", "A-13")]
    public async Task A_trusted_client_is_approved_by_policy_and_nobody_is_asked()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: c => c.Trusted = true);

        await koauth.ConnectAsync();

        Assert.DoesNotContain(koauth.Told, e => e.Name == StoryEvents.ConsentShown);
        Assert.Equal("approved by policy", koauth.Told.Single(e => e.Name == StoryEvents.AuthorizationApproved).Fact("how"));
    }

    [Theory]
    [InlineData("http://127.0.0.1:5000/callback")]
    [InlineData("cursor://anysphere.cursor-mcp/oauth/callback")]
    public async Task Trusted_is_never_silent_where_nothing_proves_who_listens(string redirectUri)
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: c => (c.Trusted, c.RedirectUris) = (true, [redirectUri]));
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync("alice@example.test", KOauthApp.Password);

        await browser.OpenAsync(KOauthApp.Issuer + new Flow("app", redirectUri).Url);

        Assert.Equal("/account/consent", browser.Location.AbsolutePath);
    }

    [Fact]
    [Trait("check", "A-32")]
    [Trait("check", "CO-06")]
    public async Task An_approval_is_remembered_until_anything_about_it_changes()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: c => c.RedirectUris = [KOauthApp.Callback, KOauthApp.Callback + "/two"]);
        await koauth.AddResourceAsync("https://files.example.test/mcp");
        using var browser = koauth.OpenBrowser();
        await browser.ApproveAsync(new Flow().With("scope", "notes:read"));

        Assert.False(await AsksAsync(new Flow().With("scope", "notes:read")));
        Assert.True(await AsksAsync(new Flow().With("scope", "notes:read notes:write")));
        Assert.True(await AsksAsync(new Flow().With("scope", "notes:read").With("resource", "https://files.example.test/mcp")));
        Assert.True(await AsksAsync(new Flow("app", KOauthApp.Callback + "/two").With("scope", "notes:read")));
        Assert.True(await AsksAsync(new Flow().With("scope", "notes:read").With("prompt", "consent")));
        await koauth.ChangeClientAsync("app", c => c.Epoch++);
        Assert.True(await AsksAsync(new Flow().With("scope", "notes:read")));

        async Task<bool> AsksAsync(Flow flow)
        {
            await browser.OpenAsync(KOauthApp.Issuer + flow.Url);
            return browser.Location.AbsolutePath == "/account/consent";
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("check", "CO-04")]
    [Trait("check", "CO-05")]
    public async Task Whoever_registered_itself_is_asked_about_every_time(bool trusted)
    {
        await using var koauth = await KOauthApp.StartReadyAsync(
            client: c => (c.Origin, c.Trusted) = (KOauth.Clients.ClientOrigin.Registration, trusted));
        using var browser = koauth.OpenBrowser();
        await browser.ApproveAsync(new Flow());

        await browser.OpenAsync(KOauthApp.Issuer + new Flow().Url);

        Assert.Equal("/account/consent", browser.Location.AbsolutePath);
    }

    [Fact]
    [Trait("check", "A-70")]
    public async Task The_default_audience_is_for_requests_that_name_no_resource()
    {
        await using var koauth = await KOauthApp.StartAsync(s => s with { Audience = "claude-mcp" });
        await koauth.AddResourceAsync();
        await koauth.AddResourceAsync("https://files.example.test/mcp");
        await koauth.AddClientAsync(change: c => c.Scopes = ["openid", "mcp:tools:read"]);
        await koauth.AddUserAsync();

        var unnamed = await koauth.ConnectAsync(new Flow().With("resource", null).With("scope", "mcp:tools:read"));
        var named = await koauth.ConnectAsync(new Flow());
        var refreshed = await koauth.RefreshAsync(unnamed.RefreshToken!);

        Assert.Equal("claude-mcp", Assert.Single(unnamed.Access.Audiences));
        Assert.Equal("mcp:tools:read", unnamed.Scope);
        Assert.Equal("claude-mcp", Assert.Single(refreshed.Access.Audiences));
        Assert.Equal(KOauthApp.NotesUri, Assert.Single(named.Access.Audiences));
    }

    [Fact]
    public async Task Without_a_resource_and_without_a_default_the_story_says_what_to_type()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddResourceAsync("https://files.example.test/mcp");
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync(new Flow().With("resource", null).Url);

        Assert.Equal("invalid_target", browser.Carried["error"]);
        Assert.StartsWith("koauth client update app --resources ", koauth.Told[^1].Fact("fix"));
    }

    [Fact]
    public async Task A_resource_the_client_may_not_have_is_refused()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: c => c.Resources = [KOauthApp.NotesUri]);
        await koauth.AddResourceAsync("https://files.example.test/mcp");
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync(new Flow().With("resource", "https://files.example.test/mcp").Url);

        Assert.Equal("invalid_target", browser.Carried["error"]);
        Assert.Equal("resource_not_for_client", koauth.Told[^1].Reason);
        Assert.Equal(KOauthApp.NotesUri, Assert.Single((await koauth.ConnectAsync(new Flow().With("resource", null))).Access.Audiences));
    }

    [Fact]
    [Trait("check", "AZ-57")]
    public async Task A_flow_that_is_never_finished_leaves_nothing_behind()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var before = await RowsAsync(koauth);
        for (var i = 0; i < 200; i++)
        {
            using var response = await koauth.Http.GetAsync(new Flow().Url);
        }

        Assert.Equal(before, await RowsAsync(koauth));
    }

    [Fact]
    [Trait("check", "JW-17")]
    public async Task A_subject_is_never_an_address_and_never_used_again()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var first = (await koauth.ConnectAsync()).Access.Subject;
        await koauth.ChangeAsync(async db => db.Users.Remove(await db.Users.SingleAsync()));
        await koauth.AddUserAsync();

        var second = (await koauth.ConnectAsync()).Access.Subject;

        Assert.NotEqual(first, second);
        Assert.DoesNotContain("@", first + second);
    }

    private static async Task<int> RowsAsync(KOauthApp koauth)
    {
        await using var db = koauth.OpenDatabase();
        return await db.Grants.CountAsync() + await db.AnsweredFlows.CountAsync() + await db.Sessions.CountAsync()
            + await db.Consents.CountAsync() + await db.Audit.CountAsync();
    }
}
