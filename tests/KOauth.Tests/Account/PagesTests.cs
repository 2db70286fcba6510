using System.Net;
using KOauth.People;
using KOauth.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.Account;

/// <summary>What holds for every page.</summary>
public sealed class PagesTests
{
    private const string Alice = "alice@example.test";
    private const string Policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'";

    [Fact]
    [Trait("check", "HD-01")]
    [Trait("check", "HD-03")]
    [Trait("check", "AZ-51")]
    [Trait("check", "AZ-52")]
    public async Task Every_page_forbids_frames_scripts_caches_and_referrers()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await foreach (var (name, browser) in EachPageAsync(koauth))
        {
            using (browser)
            {
                var headers = browser.Response.Headers;
                Assert.True(browser.Page is not null, name);
                Assert.Equal(["DENY"], headers.GetValues("X-Frame-Options"));
                Assert.Equal(["nosniff"], headers.GetValues("X-Content-Type-Options"));
                Assert.Equal(["no-referrer"], headers.GetValues("Referrer-Policy"));
                Assert.Contains("camera=()", Assert.Single(headers.GetValues("Permissions-Policy")), StringComparison.Ordinal);
                Assert.True(headers.CacheControl!.NoStore, name);
                Assert.False(headers.Contains("Cross-Origin-Opener-Policy"), name);
                var policy = Assert.Single(headers.GetValues("Content-Security-Policy"));
                Assert.Equal(name is "login" or "wrong" or "consent" or "device consent" ? Policy : $"{Policy}; form-action 'self'", policy);
            }
        }
    }

    [Fact]
    [Trait("check", "AZ-52")]
    [Trait("check", "A-28")]
    public async Task Every_page_is_plain_HTML_with_one_stylesheet_of_our_own()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await foreach (var (name, browser) in EachPageAsync(koauth))
        {
            using (browser)
            {
                var page = browser.Page!;
                Assert.Empty(page.QuerySelectorAll("script, iframe, object, embed, style, [style], img[src^=http]"));
                Assert.DoesNotContain(page.All, e => e.Attributes.Any(a => a.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase)));
                var link = Assert.Single(page.QuerySelectorAll("link[rel=stylesheet]")).GetAttribute("href")!;
                Assert.StartsWith("/koauth.css?v=", link, StringComparison.Ordinal);
                Assert.All(page.QuerySelectorAll("link[rel=icon]"), i => Assert.StartsWith("data:", i.GetAttribute("href"), StringComparison.Ordinal));
                Assert.True(page.DocumentElement.GetAttribute("lang") == "en" && page.Title?.Length > 0, name);
                Assert.Single(page.QuerySelectorAll("h1"));
                Assert.Single(page.QuerySelectorAll("main"));
                Assert.All(page.QuerySelectorAll("input:not([type=hidden])"), i => Assert.Single(page.QuerySelectorAll($"label[for={i.Id}]")));
            }
        }
    }

    [Fact]
    public async Task The_stylesheet_may_be_kept_for_ever_under_the_address_the_pages_name()
    {
        await using var koauth = await KOauthApp.StartAsync();
        using var browser = koauth.OpenBrowser();
        await browser.OpenAsync("/account/login");

        using var named = await koauth.Http.GetAsync(browser.Page!.QuerySelector("link[rel=stylesheet]")!.GetAttribute("href"), TestContext.Current.CancellationToken);
        using var unnamed = await koauth.Http.GetAsync("/koauth.css", TestContext.Current.CancellationToken);

        Assert.Equal("text/css", named.Content.Headers.ContentType!.MediaType);
        Assert.Contains("immutable", named.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal("no-cache", unnamed.Headers.CacheControl!.ToString());
        using var again = new HttpRequestMessage(HttpMethod.Get, "/koauth.css");
        again.Headers.IfNoneMatch.Add(unnamed.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await koauth.Http.SendAsync(again, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Links_and_forms_carry_the_path_of_the_issuer()
    {
        await using var koauth = await KOauthApp.StartAsync(settings =>
        {
            Assert.True(IssuerUri.TryParse("https://auth.example.test/tenant", out var issuer, out _));
            return settings with { Issuer = issuer! };
        });
        await koauth.AddUserAsync();
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync("/tenant/account/login");
        Assert.Equal("/tenant/account/login", browser.Page!.QuerySelector("form")!.GetAttribute("action"));
        Assert.StartsWith("/tenant/koauth.css", browser.Page.QuerySelector("link[rel=stylesheet]")!.GetAttribute("href"), StringComparison.Ordinal);
        await browser.SubmitAsync(null, ("email", Alice), ("password", KOauthApp.Password));

        Assert.Equal("/tenant/account", browser.Location.AbsolutePath);
    }

    [Fact]
    [Trait("check", "A-30")]
    public async Task A_refusal_shows_what_was_expected_what_came_and_the_reference()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync(new Flow("app", "https://evil.test/cb").Url);

        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        var words = LoginTests.Words(browser);
        Assert.Contains(Reasons.RedirectUriMismatch.Person, words, StringComparison.Ordinal);
        Assert.Contains($"Expected {KOauthApp.Callback}", words, StringComparison.Ordinal);
        Assert.Contains("Received https://evil.test/cb", words, StringComparison.Ordinal);
        Assert.Contains($"Reference {koauth.Told[^1].Story} redirect_uri_mismatch", words, StringComparison.Ordinal);
        Assert.Empty(browser.Page!.QuerySelectorAll("a"));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/account/nothing")]
    [InlineData("/account/login/x")]
    public async Task An_address_with_nothing_at_it_says_so(string path)
    {
        await using var koauth = await KOauthApp.StartAsync();
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, browser.Status);
        Assert.Contains(Reasons.NotFound.Person, browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Reference", browser.Text, StringComparison.Ordinal);
        Assert.True(browser.Response.Headers.CacheControl!.NoStore);
    }

    [Fact]
    [Trait("check", "AZ-42")]
    public async Task Markup_in_parameters_stays_text()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        const string Markup = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";

        await browser.OpenAsync(new Flow("app", Markup).With("state", Markup).With("error", Markup).With("error_description", Markup).Url);

        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        Assert.Empty(browser.Page!.QuerySelectorAll("script, img"));
    }

    private static async IAsyncEnumerable<(string Name, Browser Browser)> EachPageAsync(KOauthApp koauth)
    {
        var setup = await koauth.Services.GetRequiredService<SetupLinks>().CreateAsync("test", TestContext.Current.CancellationToken);
        yield return ("login", await OpenAsync("/account/login"));
        var flow = await OpenAsync(new Flow().Url);
        await flow.SubmitAsync(null, ("email", Alice), ("password", "not the right password"));
        yield return ("wrong", flow);
        var consent = await OpenAsync(new Flow().Url);
        await consent.SubmitAsync(null, ("email", Alice), ("password", KOauthApp.Password));
        yield return ("consent", consent);
        yield return ("error", await OpenAsync(new Flow("nobody").Url));
        yield return ("setup", await OpenAsync(setup));
        var links = koauth.Services.GetRequiredService<AccountLinks>();
        Assert.True((await links.CreateResetAsync(Alice, "test", TestContext.Current.CancellationToken)).Ok(out var reset, out _));
        Assert.True((await links.CreateInvitationAsync("bob@example.test", "test", TestContext.Current.CancellationToken)).Ok(out var invitation, out _));
        yield return ("reset", await OpenAsync(reset));
        yield return ("reset done", await OpenAsync("/account/reset?answer=done"));
        yield return ("sign-up", await OpenAsync(invitation));
        yield return ("no setup", await OpenAsync("/account/setup?token=x"));
        yield return ("signed out", await OpenAsync("/account/logout"));
        var account = koauth.OpenBrowser();
        await account.SignInAsync(Alice, KOauthApp.Password);
        yield return ("account", account);
        await koauth.ConnectAsync();
        foreach (var own in new[] { "/account/apps", "/account/sessions", "/account/password", "/account/keys", $"/account/keys?for={Uri.EscapeDataString(KOauthApp.NotesUri)}" })
        {
            var browser = koauth.OpenBrowser();
            await browser.SignInAsync(Alice, KOauthApp.Password);
            await browser.OpenAsync(own);
            yield return (own, browser);
        }
        yield return ("device", await OpenAsync("/account/device"));
        yield return ("device with code", await OpenAsync("/account/device?user_code=WDJB-MJHT"));
        yield return ("device connected", await OpenAsync("/account/device?answer=approved"));
        await koauth.ChangeClientAsync("app", c => c.GrantTypes = [KOauth.Protocol.GrantTypeNames.DeviceCode]);
        var device = await OpenAsync((await koauth.StartDeviceAsync()).Link());
        await device.SubmitAsync();
        await device.SubmitAsync(null, ("email", Alice), ("password", KOauthApp.Password));
        yield return ("device consent", device);

        async Task<Browser> OpenAsync(string url)
        {
            var browser = koauth.OpenBrowser();
            await browser.OpenAsync(url);
            return browser;
        }
    }
}
