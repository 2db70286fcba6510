using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using IPNetwork = System.Net.IPNetwork;

namespace KOauth.Tests.Hosting;

public sealed class ProxiesTests
{
    private static readonly IPAddress _proxy = IPAddress.Parse("172.18.0.2");

    [Fact, Trait("check", "A-78"), Trait("check", "PX-07")]
    public async Task Headers_of_a_stranger_are_not_believed()
    {
        await using var koauth = await KOauthApp.StartAsync();

        await SendAsync(koauth, ("X-Forwarded-For", "203.0.113.9"), ("X-Real-IP", "203.0.113.9"), ("CF-Connecting-IP", "203.0.113.9"), ("Forwarded", "for=203.0.113.9"));

        Assert.Equal(KOauthApp.Home.ToString(), koauth.Told[^1].Address);
    }

    [Theory, Trait("check", "A-78")]
    [InlineData("203.0.113.9", "203.0.113.9")]
    [InlineData("1.2.3.4, 203.0.113.9", "203.0.113.9")] // the first was written by whoever is behind
    [InlineData("203.0.113.9, 172.18.0.7", "203.0.113.9")] // two of our own
    [InlineData("nonsense", "172.18.0.2")]
    public async Task A_trusted_proxy_says_whom_it_speaks_for(string header, string address)
    {
        await using var koauth = await KOauthApp.StartAsync(s => s with { TrustedProxies = [IPNetwork.Parse("172.18.0.0/16")] });
        koauth.Address = _proxy;

        await SendAsync(koauth, ("X-Forwarded-For", header));

        Assert.Equal(address, koauth.Told[^1].Address);
    }

    [Fact, Trait("check", "PX-02")]
    public async Task Nothing_a_request_says_changes_the_name_of_the_server()
    {
        await using var koauth = await KOauthApp.StartAsync(s => s with { TrustedProxies = [IPNetwork.Parse("172.18.0.0/16")] });
        koauth.Address = _proxy;
        var plain = await koauth.Http.GetStringAsync("/.well-known/oauth-authorization-server", TestContext.Current.CancellationToken);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/.well-known/oauth-authorization-server");
        request.Headers.Host = "evil.test";
        request.Headers.Add("X-Forwarded-Host", "evil.test");
        request.Headers.Add("X-Forwarded-Proto", "http");
        request.Headers.Add("X-Forwarded-Prefix", "/evil");
        request.Headers.Add("Forwarded", "host=evil.test;proto=http");
        using var response = await koauth.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(plain, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_neighbour_that_forwards_without_being_trusted_is_named_once_with_the_setting()
    {
        var log = new LogLines();
        await using var koauth = await KOauthApp.StartAsync(services: services => services.AddSingleton<ILoggerProvider>(log));
        koauth.Address = _proxy;

        await SendAsync(koauth, ("X-Forwarded-For", "203.0.113.9"));
        await SendAsync(koauth, ("X-Forwarded-For", "203.0.113.10"));

        Assert.Contains("set KOAUTH_TRUSTED_PROXIES=172.18.0.2", Assert.Single(log.Lines, l => l.Contains("KOAUTH_TRUSTED_PROXIES", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal("172.18.0.2", koauth.Told[^1].Address);
    }

    [Fact]
    public async Task A_neighbour_beside_the_trusted_proxies_is_named_with_all_of_them()
    {
        var log = new LogLines();
        await using var koauth = await KOauthApp.StartAsync(
            s => s with { TrustedProxies = [IPNetwork.Parse("10.1.0.0/16")] }, services => services.AddSingleton<ILoggerProvider>(log));
        koauth.Address = _proxy;

        await SendAsync(koauth, ("X-Forwarded-For", "203.0.113.9"));

        Assert.Contains(log.Lines, l => l.Contains("set KOAUTH_TRUSTED_PROXIES=10.1.0.0/16,172.18.0.2", StringComparison.Ordinal));
        Assert.Equal("172.18.0.2", koauth.Told[^1].Address);
    }

    [Theory, Trait("check", "A-78")]
    [InlineData("10.0.0.1", true)]
    [InlineData("100.64.0.9", true)]
    [InlineData("169.254.1.1", true)]
    [InlineData("fd00::7", true)]
    [InlineData("::ffff:192.168.1.1", true)]
    [InlineData("100.128.0.9", false)]
    [InlineData("203.0.113.7", false)]
    [InlineData("2001:db8::7", false)]
    public async Task Only_a_neighbour_passes_for_a_proxy(string peer, bool isWarned)
    {
        var log = new LogLines();
        await using var koauth = await KOauthApp.StartAsync(services: services => services.AddSingleton<ILoggerProvider>(log));
        koauth.Address = IPAddress.Parse(peer);

        await SendAsync(koauth, ("X-Forwarded-For", "203.0.113.9"));

        Assert.Equal(isWarned, log.Lines.Any(l => l.Contains("KOAUTH_TRUSTED_PROXIES", StringComparison.Ordinal)));
    }

    [Fact, Trait("check", "A-78")]
    public async Task A_client_of_the_same_network_behind_a_trusted_proxy_is_no_proxy_whatever_it_sends()
    {
        await using var koauth = await KOauthApp.StartAsync(s => s with { TrustedProxies = [new IPNetwork(_proxy, 32)] });
        await koauth.AddUserAsync();
        koauth.Address = _proxy;
        using var browser = koauth.OpenBrowser();
        for (var guess = 0; guess < 20; guess++)
        {
            await SignInAsync(browser, $"somebody-{guess}@example.test", "wrong words", $"203.0.113.{guess}, 192.168.1.5");
        }

        await SignInAsync(browser, "alice@example.test", KOauthApp.Password, "203.0.113.99, 192.168.1.5");

        Assert.Equal(HttpStatusCode.TooManyRequests, browser.Status);
    }

    [Theory, Trait("check", "PX-03")]
    [InlineData("evil.test")]
    [InlineData("127.0.0.1:3000")]
    [InlineData("auth.example.test.")]
    [InlineData("evil.test@auth.example.test")]
    public async Task Under_another_host_every_url_is_the_configured_one(string host)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        foreach (var path in new[] { "/.well-known/openid-configuration", "/account/login", "/account/device", new Flow().Url, new Flow("nobody").Url, "/nowhere", "/oauth/nowhere" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Host", host);
            using var response = await koauth.Http.SendAsync(request, TestContext.Current.CancellationToken);

            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotContain("evil.test", body, StringComparison.Ordinal);
            Assert.DoesNotContain("127.0.0.1", body, StringComparison.Ordinal);
            Assert.True(response.Headers.Location is null || response.Headers.Location.ToString().StartsWith($"{KOauthApp.Issuer}/", StringComparison.Ordinal));
            Assert.All(response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [], c => Assert.DoesNotContain("domain=", c, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Theory]
    [InlineData("https://auth.example.test", true)]
    [InlineData("http://localhost:3000", false)]
    [InlineData("https://localhost", false)]
    public async Task A_public_server_is_for_https_from_then_on(string url, bool isSaid)
    {
        await using var koauth = await KOauthApp.StartAsync(s =>
        {
            Assert.True(KOauth.Protocol.IssuerUri.TryParse(url, out var issuer, out _));
            return s with { Issuer = issuer! };
        });
        foreach (var path in new[] { "/account/login", "/.well-known/jwks.json", "/nowhere", "/oauth/nowhere", "/health/live" })
        {
            using var response = await koauth.Http.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(isSaid ? "max-age=31536000" : null, response.Headers.TryGetValues("Strict-Transport-Security", out var values) ? values.Single() : null);
        }
    }

    private static async Task SignInAsync(Browser browser, string email, string password, string forwardedFor)
    {
        await browser.OpenAsync("/account/login");
        await browser.PostAsync("/account/login", [new("proof", browser.Field("proof")), new("email", email), new("password", password)], ("X-Forwarded-For", forwardedFor));
    }

    private static async Task SendAsync(KOauthApp koauth, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token") { Content = new FormUrlEncodedContent([]) };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await koauth.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.False(response.IsSuccessStatusCode);
    }
}
