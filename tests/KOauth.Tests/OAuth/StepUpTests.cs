using KOauth.Clients;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.OAuth;

/// <summary>A client that needs more than it has comes back: with all it needs or only with what is missing, it gets both.</summary>
public sealed class StepUpTests
{
    [Theory]
    [InlineData("notes:write")]
    [InlineData("notes:read notes:write")]
    public async Task The_person_is_asked_for_both_and_told_what_is_new(string asked)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        var before = await ConnectAsync(koauth, browser, "notes:read openid");

        var flow = new Flow().With("scope", asked);
        await browser.OpenAsync(KOauthApp.Issuer + flow.Url);
        Assert.Equal("/account/consent", browser.Location.AbsolutePath);
        Assert.Contains("asks for more", browser.Text, StringComparison.Ordinal);
        var items = browser.Page!.QuerySelectorAll(".permissions li").Select(li => string.Join(' ', li.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(["notes:read", "notes:write new", "Stay connected while you are away"], items.Order(StringComparer.OrdinalIgnoreCase));
        await browser.SubmitAsync("approve");
        var after = await koauth.RedeemAsync(flow, browser.Carried["code"]);

        Assert.Equal("notes:read notes:write", after.Scope); // openid was not asked for again
        Assert.Equal("notes:read notes:write", after.Access.GetClaim("scope").Value);
        Assert.Equal("notes:read notes:write", (await koauth.RefreshAsync(after.RefreshToken!)).Scope);
        Assert.Equal("openid notes:read", (await koauth.RefreshAsync(before.RefreshToken!)).Scope); // another device may hold it
        Assert.NotEqual(before.Access.GetClaim("grant_id").Value, after.Access.GetClaim("grant_id").Value);
    }

    [Fact]
    public async Task What_was_approved_is_remembered_as_a_whole()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        await ConnectAsync(koauth, browser, "notes:read");
        await ConnectAsync(koauth, browser, "notes:write");

        var flow = new Flow().With("scope", "notes:read notes:write");
        await browser.OpenAsync(KOauthApp.Issuer + flow.Url);

        Assert.Equal("notes:read notes:write", (await koauth.RedeemAsync(flow, browser.Carried["code"])).Scope);
    }

    [Fact]
    public async Task Whoever_asks_for_no_more_than_it_has_gets_no_more_than_it_asks()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        await ConnectAsync(koauth, browser, "notes:read notes:write");

        Assert.Equal("notes:read", (await ConnectAsync(koauth, browser, "notes:read")).Scope);
    }

    [Fact]
    public async Task Another_person_client_or_server_has_nothing_to_do_with_it()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddUserAsync("bob@example.test");
        await koauth.AddClientAsync("other");
        await koauth.AddResourceAsync("https://files.example.test/mcp");
        using var alice = koauth.OpenBrowser();
        await ConnectAsync(koauth, alice, "notes:read");

        using var bob = koauth.OpenBrowser();
        Assert.Equal("notes:write", (await ConnectAsync(koauth, bob, "notes:write", email: "bob@example.test")).Scope);
        Assert.Equal("notes:write", (await ConnectAsync(koauth, alice, "notes:write", "other")).Scope);
        Assert.Equal("notes:write", (await ConnectAsync(koauth, alice, "notes:write", resource: "https://files.example.test/mcp")).Scope);
    }

    [Fact]
    public async Task Changing_the_account_at_the_question_forgets_what_the_first_one_had()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddUserAsync("bob@example.test");
        using var browser = koauth.OpenBrowser();
        await ConnectAsync(koauth, browser, "notes:read");
        var flow = new Flow().With("scope", "notes:write");
        await browser.OpenAsync(KOauthApp.Issuer + flow.Url);

        await browser.OpenAsync(browser.Page!.QuerySelector("a[href*='/account/login']")!.GetAttribute("href")!);
        await browser.SubmitAsync(null, ("email", "bob@example.test"), ("password", KOauthApp.Password));
        Assert.DoesNotContain("notes:read", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync("approve");

        Assert.Equal("notes:write", (await koauth.RedeemAsync(flow, browser.Carried["code"])).Scope);
    }

    [Fact]
    public async Task What_has_ended_or_is_not_allowed_any_more_does_not_come_back()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: c => c.RedirectUris = [KOauthApp.Callback]);
        using var browser = koauth.OpenBrowser();
        await ConnectAsync(koauth, browser, "notes:read");
        await koauth.ChangeAsync(async db => (await db.Grants.SingleAsync()).EndedAt = koauth.Clock.GetUtcNow());
        Assert.Equal("notes:write", (await ConnectAsync(koauth, browser, "notes:write")).Scope);

        await koauth.ChangeClientAsync("app", c => c.Scopes = ["notes:read"]);
        Assert.Equal("notes:read", (await ConnectAsync(koauth, browser, "notes:read")).Scope);
    }

    [Fact]
    public async Task A_client_that_registered_itself_is_asked_about_and_gets_both()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic: true, client: c => c.Origin = ClientOrigin.Registration);
        using var browser = koauth.OpenBrowser();
        var first = new Flow().With("scope", "notes:read");
        Assert.Null((await koauth.RedeemAsync(first, await browser.CodeAsync(first), isPublic: true)).Error);

        var flow = new Flow().With("scope", "notes:write");
        await browser.OpenAsync(KOauthApp.Issuer + flow.Url);
        Assert.Contains("asks for more", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync("approve");

        Assert.Equal("notes:read notes:write", (await koauth.RedeemAsync(flow, browser.Carried["code"], isPublic: true)).Scope);
    }

    [Fact]
    public async Task A_trusted_client_gets_both_without_a_page_and_a_silent_request_of_others_is_told_to_ask()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: c => c.Trusted = true);
        using var browser = koauth.OpenBrowser();
        await ConnectAsync(koauth, browser, "notes:read");
        Assert.Equal("notes:read notes:write", (await ConnectAsync(koauth, browser, "notes:write")).Scope);

        await koauth.AddClientAsync("plain");
        await ConnectAsync(koauth, browser, "notes:read", "plain");
        await browser.OpenAsync(KOauthApp.Issuer + new Flow("plain").With("scope", "notes:write").With("prompt", "none").Url);
        Assert.Equal("consent_required", browser.Carried["error"]);
    }

    [Fact]
    public async Task A_first_connection_is_not_told_what_is_new()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync("alice@example.test", KOauthApp.Password);

        await browser.OpenAsync(KOauthApp.Issuer + new Flow().Url);

        Assert.DoesNotContain("asks for more", browser.Text, StringComparison.Ordinal);
        Assert.Empty(browser.Page!.QuerySelectorAll(".permissions .mark"));
    }

    private static async Task<TokenReply> ConnectAsync(
        KOauthApp koauth, Browser browser, string scope, string client = "app", string email = "alice@example.test", string resource = KOauthApp.NotesUri)
    {
        var flow = new Flow(client).With("scope", scope).With("resource", resource);
        var reply = await koauth.RedeemAsync(flow, (await browser.ApproveAsync(flow, email))["code"]);
        Assert.Null(reply.Error);
        return reply;
    }
}
