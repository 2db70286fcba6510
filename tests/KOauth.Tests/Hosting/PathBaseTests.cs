using KOauth.Protocol;

namespace KOauth.Tests.Hosting;

/// <summary>An issuer with a path, behind a proxy that keeps the path and behind one that cuts it off: everything works and says the same.</summary>
public sealed class PathBaseTests
{
    private const string Issuer = "https://example.test/auth";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_whole_connection_under_a_path(bool isPathKept)
    {
        await using var koauth = await KOauthApp.StartReadyAsync(change: s =>
        {
            Assert.True(IssuerUri.TryParse(Issuer, out var issuer, out _));
            return s with { Issuer = issuer! };
        });
        using var server = koauth.Server.CreateHandler();
        using var proxy = new Proxy(server, isPathKept);
        using var http = new HttpClient(proxy);
        using var browser = new Browser(proxy, Issuer);
        var flow = new Flow().With("scope", "openid notes:read");

        await browser.OpenAsync(Issuer + flow.Url);
        Assert.Equal("/auth/account/login", browser.Location.AbsolutePath);
        using var css = await http.GetAsync(new Uri(browser.Location, browser.Page!.QuerySelector("link[rel=stylesheet]")!.GetAttribute("href")), TestContext.Current.CancellationToken);
        Assert.Equal("text/css", css.Content.Headers.ContentType!.MediaType);
        await browser.SubmitAsync(null, ("email", "alice@example.test"), ("password", KOauthApp.Password));
        Assert.Equal("/auth/account/consent", browser.Location.AbsolutePath);
        await browser.SubmitAsync("approve");
        Assert.Equal(Issuer, browser.Carried["iss"]);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = browser.Carried["code"],
            ["code_verifier"] = flow.Verifier,
            ["client_id"] = "app",
            ["client_secret"] = KOauthApp.SecretOf("app"),
        });
        var tokens = await TokenReply.ReadAsync(await http.PostAsync($"{Issuer}/oauth/token", form, TestContext.Current.CancellationToken));

        Assert.Equal(Issuer, tokens.Access.Issuer);
        Assert.All(browser.Cookies, c => Assert.StartsWith("__Host-koauth", c.Name, StringComparison.Ordinal));
        Assert.All(browser.Cookies, c => Assert.Equal("/", c.Path));
    }

    [Theory]
    [InlineData("https://example.test/.well-known/oauth-authorization-server/auth")]
    [InlineData("https://example.test/.well-known/openid-configuration/auth")]
    [InlineData("https://example.test/auth/.well-known/openid-configuration")]
    public async Task The_metadata_stands_where_clients_look(string url)
    {
        await using var koauth = await KOauthApp.StartAsync(s =>
        {
            Assert.True(IssuerUri.TryParse(Issuer, out var issuer, out _));
            return s with { Issuer = issuer! };
        });

        Assert.Contains($"\"issuer\":\"{Issuer}\"", await koauth.Http.GetStringAsync(url, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <summary>What stands in front under <c>/auth</c>.</summary>
    private sealed class Proxy(HttpMessageHandler server, bool isPathKept) : DelegatingHandler(server)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var url = request.RequestUri!;
            Assert.StartsWith("/auth/", url.AbsolutePath, StringComparison.Ordinal);
            if (!isPathKept)
            {
                request.RequestUri = new Uri(url, url.PathAndQuery["/auth".Length..]);
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}
