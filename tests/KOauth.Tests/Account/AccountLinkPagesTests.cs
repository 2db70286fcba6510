using System.Net;
using KOauth.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.Account;

/// <summary>Links with which people choose a password: for an account they have, and for one they are invited to.</summary>
public sealed class AccountLinkPagesTests
{
    private const string Alice = "alice@example.test";
    private const string Bob = "bob@example.test";
    private const string NewPassword = "seven copper kettles whistle";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("check", "A-49")]
    public async Task A_reset_sets_the_password_and_ends_sessions_and_connections_as_the_page_says()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        using var elsewhere = koauth.OpenBrowser();
        await elsewhere.SignInAsync(Alice, KOauthApp.Password);
        var flow = new Flow();
        var code = await elsewhere.CodeAsync(flow);
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync(await ResetLinkAsync(koauth));
        Assert.Contains(Alice, browser.Text, StringComparison.Ordinal);
        Assert.Contains("signs you out everywhere and disconnects every app and API key", browser.Text, StringComparison.Ordinal);
        await SetAsync(browser);

        Assert.Contains("You were signed out everywhere", browser.Text, StringComparison.Ordinal);
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(tokens.RefreshToken!)).Error);
        Assert.Equal("invalid_grant", (await koauth.RedeemAsync(flow, code)).Error);
        await elsewhere.OpenAsync("/account");
        Assert.Equal("/account/login", elsewhere.Location.AbsolutePath);
        await elsewhere.SubmitAsync(null, ("email", Alice), ("password", KOauthApp.Password));
        Assert.Equal(HttpStatusCode.BadRequest, elsewhere.Status);
        await elsewhere.SubmitAsync(null, ("email", Alice), ("password", NewPassword));
        Assert.Equal("/account", elsewhere.Location.AbsolutePath);
    }

    [Fact]
    public async Task A_reset_signs_nobody_in()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        await browser.OpenAsync(await ResetLinkAsync(koauth));
        await SetAsync(browser);

        await browser.OpenAsync("/account");

        Assert.Equal("/account/login", browser.Location.AbsolutePath);
    }

    [Fact]
    [Trait("check", "EM-02")]
    public async Task A_link_works_once_and_a_newer_one_replaces_it()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var older = await ResetLinkAsync(koauth);
        var newer = await ResetLinkAsync(koauth);
        using var browser = koauth.OpenBrowser();

        await RefusedAsync(browser, older);
        await browser.OpenAsync(newer);
        await browser.OpenAsync(newer); // looking uses nothing up
        await SetAsync(browser);
        await RefusedAsync(browser, newer);
    }

    [Fact]
    [Trait("check", "EM-02")]
    public async Task Of_parallel_uses_of_a_link_one_wins()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var links = koauth.Services.GetRequiredService<AccountLinks>();
        var token = TokenOf(await ResetLinkAsync(koauth));
        var invitation = TokenOf(await InvitationAsync(koauth));
        List<Task<bool>> resets;
        List<Task<bool>> made;
        await using (var other = koauth.OpenDatabase())
        await using (await other.BeginWriteAsync(Ct)) // nobody writes until all have found the link unused
        {
            using var together = new Barrier(8);
            resets = [.. Enumerable.Range(0, 4).Select(i => AtOnceAsync(async () => await links.ResetAsync(token, $"{NewPassword} {i}", Ct) is null))];
            made = [.. Enumerable.Range(0, 4).Select(_ => AtOnceAsync(async () => (await links.AcceptAsync(invitation, NewPassword, Ct)).Ok(out var _, out var _)))];
            await Task.Delay(TimeSpan.FromSeconds(1), Ct);

            Task<bool> AtOnceAsync(Func<Task<bool>> claim) => Task.Factory.StartNew(
                () =>
                {
                    together.SignalAndWait(Ct);
                    return claim();
                },
                Ct, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        }

        Assert.Single(await Task.WhenAll(resets), won => won);
        Assert.Single(await Task.WhenAll(made), won => won);
        await using var db = koauth.OpenDatabase();
        Assert.Equal(1, await db.Users.CountAsync(u => u.Email == Bob, Ct));
        Assert.Equal(1, await db.Audit.CountAsync(a => a.Action == "user.password_reset", Ct));
    }

    [Fact]
    [Trait("check", "EM-04")]
    public async Task Links_run_out_and_the_page_says_how_to_get_another()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var reset = await ResetLinkAsync(koauth);
        var invitation = await InvitationAsync(koauth);
        using var browser = koauth.OpenBrowser();

        koauth.Clock.Advance(TimeSpan.FromMinutes(61));
        await RefusedAsync(browser, reset);
        Assert.Contains("Ask whoever runs this server for a new one", browser.Text, StringComparison.Ordinal);
        await browser.OpenAsync(invitation);
        Assert.Equal(HttpStatusCode.OK, browser.Status);
        koauth.Clock.Advance(TimeSpan.FromHours(72));
        await RefusedAsync(browser, invitation);
    }

    [Fact]
    [Trait("check", "EM-08")]
    public async Task The_token_leaves_the_address_and_two_links_in_one_browser_are_not_mixed_up()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddUserAsync(Bob);
        var link = await ResetLinkAsync(koauth);
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync(link);
        Assert.Equal(("/account/reset", ""), (browser.Location.AbsolutePath, browser.Location.Query));
        Assert.Equal(["no-referrer"], browser.Response.Headers.GetValues("Referrer-Policy"));
        Assert.All(browser.Cookies.Where(c => c.Value == TokenOf(link)), c => Assert.True(c is { HttpOnly: true, Secure: true }));
        var form = browser.Page!.Forms.Single().Elements.OfType<AngleSharp.Html.Dom.IHtmlInputElement>().ToDictionary(i => i.Name!, i => i.Value);

        await browser.OpenAsync(await ResetLinkAsync(koauth, Bob));
        (form["password"], form["password_again"]) = (NewPassword, NewPassword);
        await browser.PostAsync("/account/reset", form);

        using var alice = koauth.OpenBrowser();
        await alice.SignInAsync(Alice, NewPassword);
        Assert.Equal("/account", alice.Location.AbsolutePath);
    }

    [Fact]
    public async Task Another_site_cannot_send_the_form_and_a_disabled_account_gets_no_password()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var link = await ResetLinkAsync(koauth);
        using var stranger = koauth.OpenBrowser();
        await stranger.PostAsync("/account/reset", new Dictionary<string, string> { ["token"] = TokenOf(link), ["password"] = NewPassword, ["password_again"] = NewPassword });
        Assert.Equal(HttpStatusCode.BadRequest, stranger.Status);

        using var browser = koauth.OpenBrowser();
        await browser.OpenAsync(link);
        await koauth.ChangeUserAsync(Alice, u => u.Disable());
        await SetAsync(browser);
        Assert.Contains("account_link_invalid", browser.Text, StringComparison.Ordinal);
        await RefusedAsync(browser, link);
    }

    [Fact]
    public async Task An_invitation_makes_the_account_it_names_and_no_other()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var link = await InvitationAsync(koauth);
        using var browser = koauth.OpenBrowser();
        await browser.OpenAsync(link);
        Assert.Contains(Bob, browser.Text, StringComparison.Ordinal);

        await browser.SubmitAsync(null, ("password", "short"), ("password_again", "short"));
        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        Assert.Contains("Use at least 15 characters", browser.Page!.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
        await browser.PostAsync("/account/signup", FormWith(browser, ("email", "eve@example.test"), ("admin", "true"), ("IsAdmin", "true")));

        Assert.Equal("/account", browser.Location.AbsolutePath);
        Assert.False((await koauth.UserAsync(Bob)).IsAdmin);
        await using var db = koauth.OpenDatabase();
        Assert.False(await db.Users.AnyAsync(u => u.Email == "eve@example.test", Ct));
        await RefusedAsync(browser, link);
    }

    [Fact]
    public async Task One_kind_of_link_does_not_open_the_page_of_the_other()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();

        await RefusedAsync(browser, (await ResetLinkAsync(koauth)).Replace("/reset", "/signup", StringComparison.Ordinal));
        await RefusedAsync(browser, (await InvitationAsync(koauth)).Replace("/signup", "/reset", StringComparison.Ordinal));
        using var other = koauth.OpenBrowser();
        await RefusedAsync(other, "/account/reset");
        await RefusedAsync(other, "/account/signup");
        await RefusedAsync(browser, $"/account/reset?token={new string('A', 43)}");
        await RefusedAsync(browser, "/account/reset?token=%00");
    }

    private static Dictionary<string, string> FormWith(Browser browser, params (string Name, string Value)[] more)
    {
        var form = browser.Page!.Forms.Single().Elements.OfType<AngleSharp.Html.Dom.IHtmlInputElement>().ToDictionary(i => i.Name!, i => i.Value);
        (form["password"], form["password_again"]) = (NewPassword, NewPassword);
        foreach (var (name, value) in more)
        {
            form[name] = value;
        }

        return form;
    }

    private static Task SetAsync(Browser browser) => browser.SubmitAsync(null, ("password", NewPassword), ("password_again", NewPassword));

    private static async Task RefusedAsync(Browser browser, string link)
    {
        await browser.OpenAsync(link);
        Assert.Equal(HttpStatusCode.NotFound, browser.Status);
        Assert.Contains("account_link_invalid", browser.Text, StringComparison.Ordinal);
    }

    private static async Task<string> ResetLinkAsync(KOauthApp koauth, string email = Alice)
    {
        Assert.True((await koauth.Services.GetRequiredService<AccountLinks>().CreateResetAsync(email, "test", Ct)).Ok(out var link, out _));
        return link;
    }

    private static async Task<string> InvitationAsync(KOauthApp koauth)
    {
        Assert.True((await koauth.Services.GetRequiredService<AccountLinks>().CreateInvitationAsync(Bob, "test", Ct)).Ok(out var link, out _));
        return link;
    }

    private static string TokenOf(string link) => link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..];
}
