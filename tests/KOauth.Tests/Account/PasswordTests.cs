using System.Net;
using KOauth.Protocol;

namespace KOauth.Tests.Account;

public sealed class PasswordTests
{
    private const string Alice = "alice@example.test";
    private const string New = "seven paper boats at noon";

    [Fact]
    [Trait("check", "LS-11")]
    [Trait("check", "LS-01")]
    public async Task A_change_signs_every_other_browser_out_and_gives_this_one_a_new_cookie()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var connected = await koauth.ConnectAsync();
        using var other = await OpenSessionsTests.SignedInAsync(koauth);
        using var browser = await AtPasswordAsync(koauth);
        var before = browser.Cookies.Single(c => c.Name == "__Host-koauth").Value;

        await browser.SubmitAsync(null, ("old", KOauthApp.Password), ("password", New), ("password_again", New));

        Assert.Contains("The password is changed", browser.Text, StringComparison.Ordinal);
        Assert.NotEqual(before, browser.Cookies.Single(c => c.Name == "__Host-koauth").Value);
        Assert.Equal(1, await OpenSessionsTests.StillSignedInAsync(browser, other));
        Assert.Null((await koauth.RefreshAsync(connected.RefreshToken!)).Error);
        using var thief = koauth.OpenBrowser();
        await thief.SignInAsync(Alice, KOauthApp.Password);
        Assert.Equal("/account/login", thief.Location.AbsolutePath);
        using var owner = koauth.OpenBrowser();
        await owner.SignInAsync(Alice, New);
        Assert.Equal("/account", owner.Location.AbsolutePath);
    }

    [Fact]
    [Trait("check", "LS-11")]
    [Trait("check", "A-49")]
    public async Task A_change_ends_connections_when_the_person_says_so()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var connected = await koauth.ConnectAsync();
        using var browser = await AtPasswordAsync(koauth);

        await browser.PostAsync("/account/password",
        [
            new("old", KOauthApp.Password), new("password", New), new("password_again", New), new("everything", "yes"),
            new("__RequestVerificationToken", browser.Field("__RequestVerificationToken")),
        ]);

        Assert.Contains("The password is changed", browser.Text, StringComparison.Ordinal);
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(connected.RefreshToken!)).Error);
    }

    [Theory]
    [InlineData("wrong wrong wrong wrong", New, New, "The old password is not right.")]
    [InlineData("", New, New, "The old password is not right.")]
    [InlineData(KOauthApp.Password, New, "another one altogether", "The two passwords are not the same.")]
    [InlineData(KOauthApp.Password, "short", "short", "Use at least 15 characters.")]
    [InlineData(KOauthApp.Password, "alice@example.test1", "alice@example.test1", "This password is easy to guess")]
    public async Task A_refused_change_changes_nothing(string old, string password, string again, string sentence)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var other = await OpenSessionsTests.SignedInAsync(koauth);
        using var browser = await AtPasswordAsync(koauth);

        await browser.SubmitAsync(null, ("old", old), ("password", password), ("password_again", again));

        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        Assert.Contains(sentence, browser.Text, StringComparison.Ordinal);
        Assert.All(browser.Page!.QuerySelectorAll("input[type=password]"), i => Assert.Null(i.GetAttribute("value")));
        Assert.Equal(2, await OpenSessionsTests.StillSignedInAsync(other, browser));
    }

    [Fact]
    [Trait("check", "LS-05")]
    public async Task Guesses_here_count_as_guesses_at_the_door()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await AtPasswordAsync(koauth);
        for (var i = 0; i < 6; i++)
        {
            await browser.SubmitAsync(null, ("old", $"wrong wrong wrong {i}"), ("password", New), ("password_again", New));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, browser.Status);
        Assert.Contains(Reasons.SignInThrottled.Person, browser.Text, StringComparison.Ordinal);
        Assert.NotNull(browser.Response.Headers.RetryAfter);
        await browser.OpenAsync("/account");
        await browser.PostAsync("/account/logout", [new("__RequestVerificationToken", browser.Field("__RequestVerificationToken"))]);
        await browser.SignInAsync(Alice, KOauthApp.Password);
        Assert.Equal(HttpStatusCode.TooManyRequests, browser.Status);
    }

    private static async Task<Browser> AtPasswordAsync(KOauthApp koauth)
    {
        var browser = await OpenSessionsTests.SignedInAsync(koauth);
        await browser.OpenAsync("/account/password");
        return browser;
    }
}
