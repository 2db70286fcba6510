namespace KOauth.Tests.Account;

public sealed class OpenSessionsTests
{
    private const string Alice = "alice@example.test";
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    [Fact]
    public async Task The_page_tells_browsers_apart()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var other = await SignedInAsync(koauth);
        await koauth.ChangeAsync(db =>
        {
            db.Sessions.Single().UserAgent = Firefox;
            return Task.CompletedTask;
        });
        koauth.Clock.Advance(TimeSpan.FromMinutes(5));
        using var browser = await SignedInAsync(koauth);

        await browser.OpenAsync("/account/sessions");

        var words = LoginTests.Words(browser);
        Assert.Contains("A browser this browser Signed in just now from 198.51.100.7, last seen just now", words, StringComparison.Ordinal);
        Assert.Contains("Firefox on Linux Signed in 5 minutes ago from 198.51.100.7, last seen 5 minutes ago Sign out", words, StringComparison.Ordinal);
        Assert.Equal(1, browser.Page!.QuerySelectorAll("button[value]:not([value=others])").Length);
    }

    [Fact]
    [Trait("check", "LS-08")]
    public async Task One_browser_or_all_others_are_signed_out_at_their_next_request()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var first = await SignedInAsync(koauth);
        using var second = await SignedInAsync(koauth);
        using var third = await SignedInAsync(koauth);
        using var browser = await SignedInAsync(koauth);
        await browser.OpenAsync("/account/sessions");

        await browser.SubmitAsync(browser.Page!.QuerySelector("button[value]:not([value=others])")!.GetAttribute("value"));
        Assert.Equal(2, await StillSignedInAsync(first, second, third));

        await browser.SubmitAsync("others");
        Assert.Equal(0, await StillSignedInAsync(first, second, third));
        Assert.Equal(1, await StillSignedInAsync(browser));
    }

    [Fact]
    public async Task Nobody_signs_somebody_else_out()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddUserAsync("mallory@example.test");
        using var alice = await SignedInAsync(koauth);
        using var mallory = koauth.OpenBrowser();
        await mallory.SignInAsync("mallory@example.test", KOauthApp.Password);
        var proof = mallory.Field("__RequestVerificationToken");
        long sid;
        await using (var db = koauth.OpenDatabase())
        {
            sid = db.Sessions.Single(s => s.UserId == db.Users.Single(u => u.Email == Alice).Id).Sid;
        }

        foreach (var which in new[] { $"{sid}", "others", "", "x", "99999999999999999999" })
        {
            await mallory.PostAsync("/account/sessions", [new("end", which), new("__RequestVerificationToken", proof)]);
        }

        Assert.Equal(1, await StillSignedInAsync(alice));
        await mallory.OpenAsync("/account/sessions");
        Assert.Single(mallory.Page!.QuerySelectorAll(".items > li"));
    }

    internal static async Task<int> StillSignedInAsync(params Browser[] browsers)
    {
        var count = 0;
        foreach (var browser in browsers)
        {
            await browser.OpenAsync("/account");
            count += browser.Location.AbsolutePath == "/account" ? 1 : 0;
        }

        return count;
    }

    internal static async Task<Browser> SignedInAsync(KOauthApp koauth)
    {
        var browser = koauth.OpenBrowser();
        await browser.SignInAsync(Alice, KOauthApp.Password);
        return browser;
    }
}
