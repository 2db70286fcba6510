using System.Net;
using KOauth.Protocol;

namespace KOauth.Tests.Account;

public sealed class LogoutTests
{
    private const string Alice = "alice@example.test";

    [Fact]
    [Trait("check", "LS-08")]
    public async Task A_link_to_the_page_signs_nobody_out()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync(Alice, KOauthApp.Password);

        await browser.OpenAsync("/account/logout");
        Assert.Contains($"You are signed in as {Alice}", LoginTests.Words(browser), StringComparison.Ordinal);

        await browser.OpenAsync("/account");
        Assert.Equal("/account", browser.Location.AbsolutePath);
    }

    [Fact]
    [Trait("check", "LS-08")]
    public async Task A_copied_cookie_is_worth_nothing_after_signing_out()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync(Alice, KOauthApp.Password);
        using var thief = koauth.OpenBrowser();
        thief.SetCookie(browser.Cookies.Single(c => c.Name == "__Host-koauth"));
        await thief.OpenAsync("/account");
        Assert.Contains(Alice, thief.Text, StringComparison.Ordinal);

        await browser.PostAsync("/account/logout", [new("__RequestVerificationToken", browser.Field("__RequestVerificationToken"))]);

        Assert.Contains("Signed out", browser.Text, StringComparison.Ordinal);
        await thief.OpenAsync("/account");
        Assert.Equal("/account/login", thief.Location.AbsolutePath);
    }

    [Fact]
    [Trait("check", "A-76")]
    public async Task A_form_of_another_site_signs_nobody_out()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync(Alice, KOauthApp.Password);

        await browser.PostAsync("/account/logout", []);
        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        Assert.Contains(Reasons.FormForeign.Person, browser.Text, StringComparison.Ordinal);

        await browser.OpenAsync("/account");
        Assert.Equal("/account", browser.Location.AbsolutePath);
    }

    [Fact]
    [Trait("check", "LS-22")]
    public async Task Somebody_disabled_is_signed_out_at_the_next_request()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync(Alice, KOauthApp.Password);
        await koauth.ChangeUserAsync(Alice, u => u.Disable());
        koauth.Clock.Advance(TimeSpan.FromSeconds(1));

        await browser.OpenAsync("/account");

        Assert.Equal("/account/login", browser.Location.AbsolutePath);
    }
}
