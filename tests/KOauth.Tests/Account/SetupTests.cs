using System.Net;
using KOauth.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.Account;

public sealed class SetupTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("check", "A-89")]
    [Trait("check", "LS-17")]
    public async Task A_server_without_administrator_has_a_link_that_makes_one()
    {
        await using var koauth = await KOauthApp.StartAsync();
        var link = (await File.ReadAllTextAsync(koauth.Services.GetRequiredService<SetupLinks>().FilePath, Ct)).Trim();
        using var browser = koauth.OpenBrowser();
        await browser.OpenAsync(link);
        await browser.OpenAsync(link); // looking uses nothing up

        await browser.SubmitAsync(null, ("email", "ada@example.test"), ("password", KOauthApp.Password), ("password_again", KOauthApp.Password));

        Assert.Equal("/account", browser.Location.AbsolutePath);
        Assert.Contains("ada@example.test", browser.Text, StringComparison.Ordinal);
        Assert.Contains("administrator", browser.Text, StringComparison.Ordinal);
        await browser.OpenAsync(link);
        Assert.Equal(HttpStatusCode.NotFound, browser.Status);
        Assert.Contains("setup_link_invalid", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("check", "LS-17")]
    public async Task Of_parallel_set_ups_one_wins()
    {
        await using var koauth = await KOauthApp.StartAsync();
        var link = await koauth.Services.GetRequiredService<SetupLinks>().CreateAsync("test", Ct);
        var browsers = Enumerable.Range(0, 8).Select(_ => koauth.OpenBrowser()).ToList();
        await Task.WhenAll(browsers.Select(b => b.OpenAsync(link)));

        await Task.WhenAll(browsers.Select((b, i) => b.SubmitAsync(
            null, ("email", $"admin-{i}@example.test"), ("password", KOauthApp.Password), ("password_again", KOauthApp.Password))));

        Assert.Single(browsers, b => b.Location.AbsolutePath == "/account");
        Assert.Equal(7, browsers.Count(b => b.Status == HttpStatusCode.NotFound));
        await using var db = koauth.OpenDatabase();
        Assert.Equal(1, await db.Users.CountAsync(u => u.IsAdmin, Ct));
        browsers.ForEach(b => b.Dispose());
    }

    [Theory]
    [InlineData("ada@example.test", "too short", "too short", "Use at least 15 characters")]
    [InlineData("ada@example.test", KOauthApp.Password, "quiet maple harbour", "The two passwords are not the same")]
    [InlineData("ada", KOauthApp.Password, KOauthApp.Password, "This is not an e-mail address")]
    [InlineData("ada@example.test", "correct horse battery staple", "correct horse battery staple", "easy to guess")]
    public async Task What_is_wrong_is_said_and_the_link_still_works(string email, string password, string again, string told)
    {
        await using var koauth = await KOauthApp.StartAsync();
        using var browser = koauth.OpenBrowser();
        await browser.OpenAsync(await koauth.Services.GetRequiredService<SetupLinks>().CreateAsync("test", Ct));

        await browser.SubmitAsync(null, ("email", email), ("password", password), ("password_again", again));
        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        Assert.Contains(told, browser.Page!.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(email, browser.Field("email"));

        await browser.SubmitAsync(null, ("email", "ada@example.test"), ("password", KOauthApp.Password), ("password_again", KOauthApp.Password));
        Assert.Equal("/account", browser.Location.AbsolutePath);
    }

    [Fact]
    public async Task A_server_with_an_administrator_makes_no_link()
    {
        await using var koauth = await KOauthApp.StartAsync();
        await koauth.AddUserAsync(change: u => u.IsAdmin = true);
        File.Delete(koauth.Services.GetRequiredService<SetupLinks>().FilePath);

        var announcement = ActivatorUtilities.CreateInstance<KOauth.Account.Setup.SetupAnnouncement>(koauth.Services);
        await announcement.StartedAsync(Ct);

        Assert.False(File.Exists(koauth.Services.GetRequiredService<SetupLinks>().FilePath));
    }
}
