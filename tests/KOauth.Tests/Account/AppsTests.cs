using System.Net;
using KOauth.Clients;
using KOauth.Protocol;
using KOauth.Stories;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Account;

public sealed class AppsTests
{
    private const string Alice = "alice@example.test";

    [Fact]
    public async Task The_page_says_what_may_act_for_whom_and_since_when()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.ConnectAsync(new Flow().With("scope", "notes:read"));
        koauth.Clock.Advance(TimeSpan.FromHours(3));
        using var browser = await AtAppsAsync(koauth);

        var words = LoginTests.Words(browser);
        Assert.Contains($"Example app Notes {KOauthApp.NotesUri} notes:read Connected 3 hours ago, last used 3 hours ago Disconnect", words, StringComparison.Ordinal);
        Assert.DoesNotContain("unverified", words, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("check", "CI-21")]
    public async Task What_an_app_says_of_itself_is_shown_as_its_own_words()
    {
        const string Id = "https://claude.ai/oauth/claude-code-client-metadata";
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddClientAsync(Id, isPublic: true, c => (c.Origin, c.Name) = (ClientOrigin.MetadataDocument, "<b>Your Bank</b>"));
        await koauth.ConnectAsync(new Flow(Id), isPublic: true);
        using var browser = await AtAppsAsync(koauth);

        Assert.Contains("claude.ai unverified app calls itself “<b>Your Bank</b>”", LoginTests.Words(browser), StringComparison.Ordinal);
        Assert.Null(browser.Page!.QuerySelector("b"));
    }

    [Fact]
    [Trait("check", "CO-11")]
    public async Task A_disconnected_app_refreshes_no_more_and_is_listed_no_more()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var laptop = await koauth.ConnectAsync();
        var phone = await koauth.ConnectAsync();
        await koauth.AddClientAsync("other");
        var other = await koauth.ConnectAsync(new Flow("other"));
        using var browser = await AtAppsAsync(koauth);

        await browser.SubmitAsync("app");

        Assert.Equal("/account/apps", browser.Location.AbsolutePath);
        Assert.Single(browser.Page!.QuerySelectorAll(".items > li"));
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(laptop.RefreshToken!)).Error);
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(phone.RefreshToken!)).Error);
        Assert.Null((await koauth.RefreshAsync(other.RefreshToken!, "other")).Error);
        Assert.Equal(2, koauth.Told.Count(e => e.Name == StoryEvents.GrantRevoked && e.User == Alice));
        await using var db = koauth.OpenDatabase();
        var ended = await db.EndedGrants.Select(e => e.GrantId.ToString("N")).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(
            new[] { laptop, phone }.Select(r => r.Access.GetClaim("grant_id").Value).Order(StringComparer.Ordinal), ended.Order(StringComparer.Ordinal));
        Assert.Equal(1, await db.Audit.CountAsync(a => a.Action == "app.disconnected" && a.Target == "client:app", TestContext.Current.CancellationToken));
    }

    [Fact]
    [Trait("check", "CO-11")]
    public async Task A_code_under_way_is_ended_with_the_rest_and_the_next_time_asks_again()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.ConnectAsync();
        using var browser = koauth.OpenBrowser();
        var flow = new Flow();
        var underWay = await browser.CodeAsync(flow);
        await browser.OpenAsync($"{KOauthApp.Issuer}/account/apps");

        await browser.SubmitAsync("app");

        Assert.Equal("invalid_grant", (await koauth.RedeemAsync(flow, underWay)).Error);
        await browser.OpenAsync(KOauthApp.Issuer + new Flow().Url);
        Assert.Equal("/account/consent", browser.Location.AbsolutePath);
        await browser.SubmitAsync("approve");
        Assert.Contains("code", browser.Carried.Keys);
    }

    [Fact]
    [Trait("check", "CO-11")]
    public async Task Nobody_disconnects_the_apps_of_somebody_else()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var alices = await koauth.ConnectAsync();
        await koauth.AddUserAsync("mallory@example.test");
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync("mallory@example.test", KOauthApp.Password);
        var proof = browser.Field("__RequestVerificationToken");

        foreach (var app in new[] { "app", "nobody", "", new string('x', 5000) })
        {
            await browser.PostAsync("/account/apps", [new("app", app), new("__RequestVerificationToken", proof)]);
            Assert.Equal("/account/apps", browser.Location.AbsolutePath);
            Assert.Equal(HttpStatusCode.OK, browser.Status);
        }

        Assert.Null((await koauth.RefreshAsync(alices.RefreshToken!)).Error);
    }

    [Theory]
    [InlineData("/account/apps", "app", "app")]
    [InlineData("/account/sessions", "end", "others")]
    [InlineData("/account/password", "old", KOauthApp.Password)]
    [Trait("check", "A-76")]
    public async Task Forms_of_other_sites_and_of_sibling_domains_change_nothing(string page, string field, string value)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var connected = await koauth.ConnectAsync();
        using var elsewhere = koauth.OpenBrowser();
        await elsewhere.SignInAsync(Alice, KOauthApp.Password);
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync(Alice, KOauthApp.Password);
        const string New = "seven paper boats at noon";
        List<KeyValuePair<string, string>> form = [new(field, value), new("password", New), new("password_again", New)];

        await browser.PostAsync(page, form);
        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);

        // A sibling domain can plant the framework's cookie and knows the token that goes with it.
        await browser.OpenAsync("/account");
        form.Add(new("__RequestVerificationToken", browser.Field("__RequestVerificationToken")));
        foreach (var header in new[] { ("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example.test"), ("Origin", "http://auth.example.test") })
        {
            await browser.PostAsync(page, form, header);
            Assert.Equal(HttpStatusCode.Forbidden, browser.Status);
            Assert.Contains(Reasons.FormForeign.Person, browser.Text, StringComparison.Ordinal);
        }

        Assert.Null((await koauth.RefreshAsync(connected.RefreshToken!)).Error);
        await elsewhere.OpenAsync("/account");
        Assert.Equal("/account", elsewhere.Location.AbsolutePath);
        using var again = koauth.OpenBrowser();
        await again.SignInAsync(Alice, KOauthApp.Password);
        Assert.Equal("/account", again.Location.AbsolutePath);
    }

    [Theory]
    [InlineData("/account")]
    [InlineData("/account/apps")]
    [InlineData("/account/sessions")]
    [InlineData("/account/password")]
    [InlineData("/account/keys")]
    public async Task Whoever_is_not_signed_in_is_sent_to_sign_in(string page)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync(page);

        Assert.Equal("/account/login", browser.Location.AbsolutePath);
    }

    private static async Task<Browser> AtAppsAsync(KOauthApp koauth)
    {
        var browser = koauth.OpenBrowser();
        await browser.SignInAsync(Alice, KOauthApp.Password);
        await browser.OpenAsync("/account/apps");
        return browser;
    }
}
