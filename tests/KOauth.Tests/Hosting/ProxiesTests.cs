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
