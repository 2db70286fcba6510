using System.Net;
using KOauth.Clients;
using KOauth.Protocol;
using KOauth.Resources;
using KOauth.Stories;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Account;

public sealed class ConsentTests
{
    private const string Alice = "alice@example.test";

    [Fact]
    [Trait("check", "A-31")]
    [Trait("check", "CO-07")]
    public async Task The_page_says_who_wants_what_for_whom()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.ChangeAsync(async db => (await db.Resources.SingleAsync()).Scopes =
        [
            new ResourceScope(1, "notes:read", "Read your notes", true), new ResourceScope(2, "notes:write", null, true),
        ]);
        using var browser = await AtConsentAsync(koauth, new Flow().With("scope", "notes:read notes:write openid profile email"));

        var words = LoginTests.Words(browser);
        Assert.Equal("Connect Example app to Notes?", browser.Page!.QuerySelector("h1")!.TextContent);
        Assert.Equal(
            ["Read your notes", "notes:write", "Recognise you when you come back", "See your name", $"See your e-mail address ({Alice})", "Stay connected while you are away"],
            browser.Page.QuerySelectorAll(".permissions li").Select(li => li.TextContent));
        Assert.Contains("registered by the administrator", words, StringComparison.Ordinal);
        Assert.Contains("Returns to app.example.test", words, StringComparison.Ordinal);
        Assert.Contains(KOauthApp.NotesUri, words, StringComparison.Ordinal);
        Assert.Contains($"Account {Alice} Use another account", words, StringComparison.Ordinal);
        Assert.Contains("To end this later", words, StringComparison.Ordinal);
        Assert.DoesNotContain("unverified", words, StringComparison.Ordinal);
        Assert.Contains(koauth.Told, e => e.Name == StoryEvents.ConsentShown && e.User == Alice);
    }

    [Fact]
    [Trait("check", "CO-07")]
    public async Task An_app_that_registered_itself_is_marked()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic: true, client: c =>
        {
            c.Origin = ClientOrigin.Registration;
            c.Name = "<b>Claude</b>";
            c.RedirectUris = ["http://127.0.0.1/callback"];
        });
        using var browser = await AtConsentAsync(koauth, new Flow("app", "http://127.0.0.1:5000/callback"));

        var words = LoginTests.Words(browser);
        Assert.Contains("Continue only if you started this in <b>Claude</b> just now.", words, StringComparison.Ordinal);
        Assert.Contains("“<b>Claude</b>” unverified app registered itself", words, StringComparison.Ordinal);
        Assert.Contains("Returns to a program on this device", words, StringComparison.Ordinal);
        Assert.Null(browser.Page!.QuerySelector("b"));
    }

    [Theory]
    [InlineData((int)ClientOrigin.Registration, true)]
    [InlineData((int)ClientOrigin.Administrator, false)]
    [Trait("check", "DC-09")]
    public async Task An_app_that_borrows_a_known_name_is_called_out(int origin, bool warned)
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic: true, client: c => (c.Origin, c.Name) = ((ClientOrigin)origin, "Сlaude"));
        using var browser = await AtConsentAsync(koauth, new Flow());

        Assert.Equal(warned, LoginTests.Words(browser).Contains("This is not the Claude known here. It only uses a name like it, and returns to app.example.test", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("check", "CI-21")]
    public async Task An_app_with_a_metadata_document_goes_by_its_host()
    {
        const string Id = "https://claude.ai/oauth/claude-code-client-metadata";
        await using var koauth = await KOauthApp.StartAsync();
        await koauth.AddResourceAsync();
        await koauth.AddUserAsync();
        await koauth.AddClientAsync(Id, isPublic: true, c =>
        {
            c.Origin = ClientOrigin.MetadataDocument;
            c.Name = "Your Bank";
            c.RedirectUris = ["http://localhost/callback"];
        });
        using var browser = await AtConsentAsync(koauth, new Flow(Id, "http://localhost:5000/callback"));

        Assert.Equal("Connect claude.ai to Notes?", browser.Page!.QuerySelector("h1")!.TextContent);
        Assert.Contains("claude.ai unverified app calls itself “Your Bank”", LoginTests.Words(browser), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("check", "A-33")]
    [Trait("check", "CO-09")]
    public async Task Saying_no_tells_the_app_and_the_form_says_yes_no_more()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var flow = new Flow();
        using var browser = await AtConsentAsync(koauth, flow);
        var form = browser.Field("flow");

        await browser.SubmitAsync("deny");
        Assert.Equal("access_denied", browser.Carried["error"]);
        Assert.Equal(flow.State, browser.Carried["state"]);
        Assert.Equal(KOauthApp.Issuer, browser.Carried["iss"]);
        Assert.Contains(koauth.Told, e => e.Name == StoryEvents.AuthorizationDenied && e.User == Alice);

        await browser.PostAsync($"{KOauthApp.Issuer}/account/consent", [new("flow", form), new("decision", "approve")]);
        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        Assert.Equal("ticket_spent", koauth.Told[^1].Reason);
    }

    [Fact]
    [Trait("check", "CO-08")]
    [Trait("check", "AZ-46")]
    public async Task A_page_loaded_twice_works_twice()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await AtConsentAsync(koauth, new Flow());
        var first = browser.Field("flow");
        await browser.OpenAsync(browser.Location.ToString());
        var second = browser.Field("flow");

        foreach (var form in new[] { first, second })
        {
            await browser.PostAsync($"{KOauthApp.Issuer}/account/consent", [new("flow", form), new("decision", "approve")]);
            Assert.Contains("code", browser.Carried.Keys);
        }
    }

    [Fact]
    [Trait("check", "CO-02")]
    public async Task What_was_approved_in_one_browser_goes_on_in_no_other()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddUserAsync("mallory@example.test");
        using var attacker = koauth.OpenBrowser();
        await attacker.OpenAsync(new Flow().Url);
        await attacker.SubmitAsync(null, ("email", "mallory@example.test"), ("password", KOauthApp.Password));
        var ticket = attacker.Field("flow");
        await attacker.SubmitAsync("approve");
        Assert.Contains("code", attacker.Carried.Keys);
        using var victim = koauth.OpenBrowser();
        await victim.SignInAsync(Alice, KOauthApp.Password);
        var told = koauth.Told.Count;

        foreach (var page in new[] { "/oauth/authorize", "/account/login", "/account/consent" })
        {
            await victim.OpenAsync($"{page}?flow={ticket}");
            Assert.Equal(HttpStatusCode.Forbidden, victim.Status);
        }

        Assert.DoesNotContain(koauth.Told.Skip(told), e => e.Name == StoryEvents.CodeIssued);
    }

    [Fact]
    [Trait("check", "CO-03")]
    public async Task A_form_of_the_attackers_browser_is_worth_nothing_in_the_victims()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddUserAsync("mallory@example.test");
        using var attacker = await AtConsentAsync(koauth, new Flow(), "mallory@example.test");
        using var victim = koauth.OpenBrowser();
        await victim.SignInAsync(Alice, KOauthApp.Password);

        await victim.PostAsync("/account/consent", [new("flow", attacker.Field("flow")), new("decision", "approve")]);

        Assert.Equal(HttpStatusCode.Forbidden, victim.Status);
        Assert.Equal("ticket_of_another_browser", koauth.Told[^1].Reason);
        Assert.DoesNotContain(koauth.Told, e => e.Name == StoryEvents.CodeIssued);
    }

    [Fact]
    [Trait("check", "A-34")]
    public async Task A_ticket_that_was_never_shown_or_was_changed_approves_nothing()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        await browser.OpenAsync(new Flow().Url);
        var neverShown = browser.Field("flow");
        await browser.SubmitAsync(null, ("email", Alice), ("password", KOauthApp.Password));
        var shown = browser.Field("flow");
        var changed = shown[..^1] + (shown[^1] == 'A' ? 'B' : 'A');

        foreach (var ticket in new[] { neverShown, changed, shown[..^4], "", "x" })
        {
            await browser.PostAsync("/account/consent", [new("flow", ticket), new("decision", "approve")]);
            Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
            Assert.Equal("ticket_invalid", koauth.Told[^1].Reason);
        }

        await browser.PostAsync("/account/consent", [new("decision", "approve")]);
        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        Assert.DoesNotContain(koauth.Told, e => e.Name == StoryEvents.CodeIssued);
    }

    [Fact]
    [Trait("check", "A-34")]
    public async Task Fields_beside_the_ticket_change_nothing()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await AtConsentAsync(koauth, new Flow().With("scope", "notes:read"));

        await browser.PostAsync("/account/consent",
        [
            new("flow", browser.Field("flow")), new("decision", "approve"), new("redirect_uri", "https://evil.test/cb"),
            new("scope", "notes:read notes:write"), new("client_id", "other"),
        ]);

        Assert.StartsWith(KOauthApp.Callback, browser.Location.ToString(), StringComparison.Ordinal);
        Assert.Contains(KeyValuePair.Create("scopes", "notes:read"), koauth.Told.Last(e => e.Name == StoryEvents.AuthorizationApproved).Details);
    }

    [Fact]
    public async Task A_form_shown_to_one_account_approves_for_no_other()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddUserAsync("bob@example.test");
        using var browser = await AtConsentAsync(koauth, new Flow());
        var alices = browser.Field("flow");
        var another = browser.Page!.QuerySelector("dd a")!.GetAttribute("href")!;

        await browser.OpenAsync(another);
        await browser.SubmitAsync(null, ("email", "bob@example.test"), ("password", KOauthApp.Password));
        Assert.Equal("/account/consent", browser.Location.AbsolutePath);
        Assert.Contains("bob@example.test", browser.Text, StringComparison.Ordinal);
        var bobs = browser.Field("flow");

        await browser.PostAsync("/account/consent", [new("flow", alices), new("decision", "approve")]);
        Assert.Equal("ticket_of_another_user", koauth.Told[^1].Reason);
        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);

        await browser.PostAsync("/account/consent", [new("flow", bobs), new("decision", "approve")]);
        Assert.Contains("code", browser.Carried.Keys);
    }

    [Fact]
    public async Task An_answer_that_is_neither_yes_nor_no_asks_again()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await AtConsentAsync(koauth, new Flow());

        await browser.PostAsync("/account/consent", [new("flow", browser.Field("flow")), new("decision", "perhaps")]);
        Assert.Contains("It will be able to", browser.Text, StringComparison.Ordinal);

        await browser.SubmitAsync("approve");
        Assert.Contains("code", browser.Carried.Keys);
    }

    [Fact]
    [Trait("check", "AZ-45")]
    public async Task The_answer_is_a_303()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await AtConsentAsync(koauth, new Flow());

        await browser.SubmitAsync("approve");

        Assert.Equal(HttpStatusCode.SeeOther, browser.Status);
        Assert.Equal("no-store", browser.Response.Headers.CacheControl!.ToString());
        Assert.Equal(["no-referrer"], browser.Response.Headers.GetValues("Referrer-Policy"));
    }

    [Theory]
    [InlineData("approve", "code=")]
    [InlineData("deny", "error=access_denied")]
    public async Task An_app_with_a_scheme_of_its_own_gets_a_page_with_a_link(string decision, string carries)
    {
        const string Cursor = "cursor://anysphere.cursor-mcp/oauth/callback";
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic: true, client: c => (c.RedirectUris, c.Name) = ([Cursor], "Cursor"));
        using var browser = await AtConsentAsync(koauth, new Flow("app", Cursor));
        Assert.Contains("Returns to an app on this device (cursor:)", LoginTests.Words(browser), StringComparison.Ordinal);

        await browser.SubmitAsync(decision);

        Assert.Equal(HttpStatusCode.OK, browser.Status);
        Assert.Equal("Return to Cursor", browser.Page!.QuerySelector("h1")!.TextContent);
        var link = browser.Page.QuerySelector("a.button")!.GetAttribute("href")!;
        Assert.StartsWith($"{Cursor}?{carries}", link, StringComparison.Ordinal);
        Assert.Equal($"0;url={link}", browser.Page.QuerySelector("meta[http-equiv=refresh]")!.GetAttribute("content"));
    }

    [Fact]
    [Trait("check", "CO-04")]
    [Trait("check", "CO-05")]
    public async Task An_app_nobody_vouched_for_is_asked_about_every_time()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic: true, client: c => c.Origin = ClientOrigin.Registration);
        using var browser = await AtConsentAsync(koauth, new Flow());
        await browser.SubmitAsync("approve");
        var codes = koauth.Told.Count(e => e.Name == StoryEvents.CodeIssued);

        await browser.OpenAsync(KOauthApp.Issuer + new Flow().Url);

        Assert.Equal("/account/consent", browser.Location.AbsolutePath);
        Assert.Equal(codes, koauth.Told.Count(e => e.Name == StoryEvents.CodeIssued));
    }

    [Fact]
    [Trait("check", "A-32")]
    public async Task An_approval_is_remembered_until_more_is_asked_for()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await AtConsentAsync(koauth, new Flow().With("scope", "notes:read"));
        await browser.SubmitAsync("approve");

        await browser.OpenAsync(KOauthApp.Issuer + new Flow().With("scope", "notes:read").Url);
        Assert.Contains("code", browser.Carried.Keys);

        await browser.OpenAsync(KOauthApp.Issuer + new Flow().With("scope", "notes:read notes:write").Url);
        Assert.Equal("/account/consent", browser.Location.AbsolutePath);
    }

    [Fact]
    public async Task Whoever_was_signed_out_meanwhile_signs_in_first()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await AtConsentAsync(koauth, new Flow());
        var form = browser.Field("flow");
        await koauth.ChangeAsync(async db => db.Sessions.RemoveRange(await db.Sessions.ToListAsync()));
        koauth.Clock.Advance(TimeSpan.FromSeconds(1));

        await browser.PostAsync("/account/consent", [new("flow", form), new("decision", "approve")]);

        Assert.Equal("/account/login", browser.Location.AbsolutePath);
        await browser.SubmitAsync(null, ("email", Alice), ("password", KOauthApp.Password));
        Assert.Equal("/account/consent", browser.Location.AbsolutePath);
    }

    [Fact]
    public async Task An_old_ticket_says_so()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await AtConsentAsync(koauth, new Flow());
        koauth.Clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));

        await browser.SubmitAsync("approve");

        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        Assert.Contains(Reasons.TicketExpired.Person, browser.Text, StringComparison.Ordinal);
    }

    private static async Task<Browser> AtConsentAsync(KOauthApp koauth, Flow flow, string email = Alice)
    {
        var browser = koauth.OpenBrowser();
        await browser.OpenAsync(flow.Url);
        await browser.SubmitAsync(null, ("email", email), ("password", KOauthApp.Password));
        Assert.Equal("/account/consent", browser.Location.AbsolutePath);
        return browser;
    }
}
