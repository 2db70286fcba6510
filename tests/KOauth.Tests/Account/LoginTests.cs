using System.Net;
using System.Text.RegularExpressions;
using KOauth.Clients;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.Tests.Account;

public sealed class LoginTests
{
    private const string Alice = "alice@example.test";
    private const string Wrong = "not the right password";

    [Fact]
    [Trait("check", "A-28")]
    public async Task Plain_forms_lead_from_the_app_back_to_the_app()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync(new Flow().Url);
        Assert.Equal("/account/login", browser.Location.AbsolutePath);
        Assert.Contains("to connect Example app to Notes", Words(browser), StringComparison.Ordinal);
        await browser.SubmitAsync(null, ("email", Alice), ("password", KOauthApp.Password));
        Assert.Equal("/account/consent", browser.Location.AbsolutePath);
        await browser.SubmitAsync("approve");

        Assert.StartsWith(KOauthApp.Callback, browser.Location.ToString(), StringComparison.Ordinal);
        Assert.Contains(koauth.Told, e => e.Name == StoryEvents.LoginSucceeded && e.User == Alice && e.ClientId == "app");
    }

    [Fact]
    [Trait("check", "A-80")]
    [Trait("check", "LS-06")]
    public async Task Unknown_wrong_and_disabled_look_alike()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddUserAsync("carol@example.test", change: u => u.Disable());
        var answers = new List<string>();
        foreach (var (email, password) in new[] { (Alice, Wrong), ("nobo@example.test", Wrong), ("carol@example.test", KOauthApp.Password) })
        {
            using var browser = koauth.OpenBrowser();
            await browser.OpenAsync("/account/login");
            var proof = browser.Field("proof");
            await browser.SubmitAsync(null, ("email", email), ("password", password));

            Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
            Assert.Equal("The e-mail address or the password is wrong.", browser.Page!.QuerySelector("[role=alert]")!.TextContent);
            Assert.DoesNotContain(browser.Cookies, c => c.Name == "__Host-koauth");
            answers.Add(browser.Page.DocumentElement.OuterHtml.Replace(email, "", StringComparison.Ordinal).Replace(proof, "", StringComparison.Ordinal));
        }

        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task A_wrong_password_is_asked_for_again_and_stands_nowhere()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        await browser.OpenAsync(new Flow().Url);

        await browser.SubmitAsync(null, ("email", Alice), ("password", Wrong));

        Assert.Equal(Alice, browser.Field("email"));
        Assert.Equal("", browser.Field("password"));
        Assert.Contains("to connect Example app to Notes", Words(browser), StringComparison.Ordinal);
        Assert.DoesNotContain(koauth.Told, e => e.ToString().Contains(Wrong, StringComparison.Ordinal));

        await browser.SubmitAsync(null, ("password", KOauthApp.Password));
        Assert.Equal("/account/consent", browser.Location.AbsolutePath);
    }

    [Fact]
    public async Task What_was_typed_into_the_wrong_field_is_told_to_nobody()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        await browser.OpenAsync("/account/login");

        await browser.SubmitAsync(null, ("email", "my secret passphrase"), ("password", "x"));
        await browser.SubmitAsync(null, ("email", "my-secret-passphrase@example.test"), ("password", "x"));

        Assert.Equal(2, koauth.Told.Count(e => e.Name == StoryEvents.LoginFailed));
        Assert.DoesNotContain(koauth.Told, e => Regex.IsMatch(e.ToString(), "my.secret.passphrase")
            || e.Details.Any(d => Regex.IsMatch(d.Value, "my.secret.passphrase")));
    }

    [Fact]
    [Trait("check", "A-81")]
    public async Task After_five_wrong_passwords_the_page_says_when_to_come_back_and_signing_out_works()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddUserAsync("bob@example.test");
        using var bob = koauth.OpenBrowser();
        await bob.SignInAsync("bob@example.test", KOauthApp.Password);
        using var stranger = koauth.OpenBrowser();
        await stranger.OpenAsync("/account/login");
        for (var i = 0; i < 5; i++)
        {
            await stranger.SubmitAsync(null, ("email", Alice), ("password", Wrong));
            Assert.Equal(HttpStatusCode.BadRequest, stranger.Status);
        }

        await stranger.SubmitAsync(null, ("email", Alice), ("password", KOauthApp.Password));

        Assert.Equal(HttpStatusCode.TooManyRequests, stranger.Status);
        Assert.Equal(TimeSpan.FromSeconds(5), stranger.Response.Headers.RetryAfter!.Delta);
        Assert.Equal(Reasons.SignInThrottled.Person, stranger.Page!.QuerySelector("[role=alert]")!.TextContent);
        Assert.Equal("sign_in_throttled", koauth.Told[^1].Reason);

        await bob.OpenAsync("/account/logout");
        await bob.PostAsync("/account/logout", [new("__RequestVerificationToken", bob.Field("__RequestVerificationToken"))]);
        Assert.Contains("Signed out", bob.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("check", "LS-21")]
    public async Task A_password_of_a_megabyte_is_refused()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        await browser.OpenAsync("/account/login");

        await browser.SubmitAsync(null, ("email", Alice), ("password", new string('x', 1024 * 1024)));

        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
    }

    [Fact]
    [Trait("check", "LS-01")]
    public async Task Signing_in_gives_a_new_session_cookie()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        browser.SetCookie(new Cookie("__Host-koauth", new string('A', 43), "/", "auth.example.test") { Secure = true });
        await browser.SignInAsync(Alice, KOauthApp.Password);
        var first = Session(browser);
        Assert.NotEqual(new string('A', 43), first);

        koauth.Clock.Advance(TimeSpan.FromSeconds(1));
        await browser.OpenAsync(new Flow().With("prompt", "login").Url);
        await browser.SubmitAsync(null, ("email", Alice), ("password", KOauthApp.Password));
        Assert.NotEqual(first, Session(browser));

        using var thief = koauth.OpenBrowser();
        thief.SetCookie(new Cookie("__Host-koauth", first, "/", "auth.example.test") { Secure = true });
        await thief.OpenAsync("/account");
        Assert.Equal("/account/login", thief.Location.AbsolutePath);
    }

    [Fact]
    [Trait("check", "LS-02")]
    [Trait("check", "AZ-55")]
    public async Task A_flow_goes_on_in_no_other_browser()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var attacker = koauth.OpenBrowser();
        await attacker.OpenAsync(new Flow().Url);
        using var victim = koauth.OpenBrowser();
        await victim.SignInAsync(Alice, KOauthApp.Password);

        await victim.OpenAsync(attacker.Location.ToString());
        Assert.Equal(HttpStatusCode.Forbidden, victim.Status);
        Assert.Contains("Start again in your app", victim.Text, StringComparison.Ordinal);

        await victim.PostAsync("/account/login", [new("flow", attacker.Field("flow")), new("email", Alice), new("password", KOauthApp.Password)]);
        Assert.Equal(HttpStatusCode.Forbidden, victim.Status);
    }

    [Theory]
    [InlineData("//evil.test")]
    [InlineData("/\\evil.test")]
    [InlineData("/%09/evil.test")]
    [InlineData("https:evil.test")]
    [InlineData("javascript:x")]
    [InlineData("/authorize@evil.test")]
    [Trait("check", "AZ-53")]
    [Trait("check", "A-75")]
    public async Task No_return_address_is_followed(string target)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync($"/account/login?returnUrl={target}&ReturnUrl={target}&return={target}&redirect={target}&next={target}");
        await browser.SubmitAsync(null, ("email", Alice), ("password", KOauthApp.Password));

        Assert.Equal("/account", browser.Location.AbsolutePath);
        Assert.Contains(Alice, browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("check", "A-76")]
    public async Task Another_site_signs_nobody_in_to_its_own_account()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var victim = koauth.OpenBrowser();
        await victim.OpenAsync("/account/login");
        using var attacker = koauth.OpenBrowser();
        await attacker.OpenAsync("/account/login");

        foreach (var proof in (string[])["", attacker.Field("proof")])
        {
            await victim.PostAsync("/account/login", [new("email", Alice), new("password", KOauthApp.Password), new("proof", proof)]);
            Assert.Equal(HttpStatusCode.BadRequest, victim.Status);
            Assert.DoesNotContain(victim.Cookies, c => c.Name == "__Host-koauth");
        }

        Assert.Equal("form_foreign", koauth.Told[^1].Reason);
    }

    [Fact]
    public async Task The_hint_of_the_app_fills_the_address_in()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync(new Flow().With("login_hint", Alice).Url);

        Assert.Equal(Alice, browser.Field("email"));
        Assert.True(browser.Page!.QuerySelector("#password")!.HasAttribute("autofocus"));
    }

    [Fact]
    public async Task Whoever_is_signed_in_needs_no_form()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync(Alice, KOauthApp.Password);

        await browser.OpenAsync("/account/login");

        Assert.Equal("/account", browser.Location.AbsolutePath);
    }

    [Fact]
    [Trait("check", "MX-08")]
    public async Task Many_tabs_of_one_browser_all_work()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic: true, client: c => c.Origin = ClientOrigin.Registration);
        using var browser = koauth.OpenBrowser();
        var pages = new List<Uri>();
        for (var i = 0; i < 200; i++)
        {
            await browser.OpenAsync(new Flow().Url);
            pages.Add(browser.Location);
        }

        Assert.Single(browser.Cookies);
        foreach (var page in pages.Where((_, i) => i % 50 == 0))
        {
            await browser.OpenAsync(page.ToString());
            await browser.SubmitAsync(null, ("email", Alice), ("password", KOauthApp.Password));
            Assert.Equal("/account/consent", browser.Location.AbsolutePath);
            await browser.SubmitAsync("approve");
            Assert.Contains("code", browser.Carried.Keys);
        }
    }

    [Fact]
    [Trait("check", "LS-10")]
    public async Task An_idle_session_signs_in_again()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync(Alice, KOauthApp.Password);
        koauth.Clock.Advance(Sessions.Idle);

        await browser.OpenAsync(new Flow().Url);

        Assert.Equal("/account/login", browser.Location.AbsolutePath);
    }

    /// <summary>What the page says, with one space wherever there is room.</summary>
    internal static string Words(Browser browser)
    {
        foreach (var lineBreak in browser.Page!.QuerySelectorAll("br"))
        {
            lineBreak.TextContent = " ";
        }

        return Regex.Replace(browser.Text, @"\s+", " ");
    }

    private static string Session(Browser browser) => browser.Cookies.Single(c => c.Name == "__Host-koauth").Value;
}
