using System.Net;
using System.Text.Json;
using KOauth.Protocol;

namespace KOauth.Tests.OAuth.Discovery;

public sealed class DiscoveryEndpointTests
{
    [Theory]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/openid-configuration")]
    [Trait("check", "A-22")]
    public async Task Metadata_is_json_with_the_configured_issuer_for_every_origin(string path)
    {
        await using var koauth = await KOauthApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Origin", "https://anywhere.example");

        using var response = await koauth.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(KOauthApp.Issuer, json.RootElement.GetProperty("issuer").GetString());
    }

    [Fact]
    [Trait("check", "A-22")]
    public async Task An_issuer_with_a_path_has_byte_identical_documents_at_every_form()
    {
        Assert.True(IssuerUri.TryParse("https://auth.example.test/tenant1", out var issuer, out _));
        await using var koauth = await KOauthApp.StartAsync(s => s with { Issuer = issuer! });

        string[] forms =
        [
            "https://auth.example.test/.well-known/oauth-authorization-server/tenant1",
            "https://auth.example.test/.well-known/openid-configuration/tenant1",
            "https://auth.example.test/tenant1/.well-known/openid-configuration",
        ];
        var documents = new List<string>();
        foreach (var form in forms)
        {
            documents.Add(await koauth.Http.GetStringAsync(form));
        }

        Assert.Single(documents.Distinct());
        using var json = JsonDocument.Parse(documents[0]);
        Assert.Equal("https://auth.example.test/tenant1/oauth/token", json.RootElement.GetProperty("token_endpoint").GetString());
    }

    [Fact]
    [Trait("check", "HD-04")]
    public async Task A_known_etag_is_answered_304_and_the_document_may_be_kept_for_a_while()
    {
        await using var koauth = await KOauthApp.StartAsync();
        foreach (var path in new[] { "/.well-known/oauth-authorization-server", "/.well-known/jwks.json" })
        {
            using var first = await koauth.Http.GetAsync(path);
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.IfNoneMatch.Add(first.Headers.ETag!);

            using var second = await koauth.Http.SendAsync(request);

            Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
            Assert.InRange(first.Headers.CacheControl!.MaxAge!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        }
    }

    [Theory]
    [InlineData("/.well-known/oauth-authorization-server", "GET")]
    [InlineData("/.well-known/jwks.json", "GET")]
    [InlineData("/oauth/token", "POST")]
    [Trait("check", "HD-04")]
    [Trait("check", "HD-05")]
    public async Task A_browser_may_ask_before_it_calls(string path, string method)
    {
        await using var koauth = await KOauthApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", "https://inspector.example");
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", "authorization,mcp-protocol-version");

        using var response = await koauth.Http.SendAsync(request);

        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Contains("mcp-protocol-version", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Headers")), StringComparison.OrdinalIgnoreCase);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Theory]
    [InlineData("/oauth/authorize")]
    [InlineData("/account/login")]
    [Trait("check", "HD-05")]
    [Trait("check", "HD-07")]
    [Trait("check", "AZ-47")]
    public async Task Pages_are_closed_to_other_origins(string path)
    {
        await using var koauth = await KOauthApp.StartAsync();
        foreach (var method in new[] { HttpMethod.Options, HttpMethod.Get })
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Add("Origin", "https://evil.test");
            request.Headers.Add("Access-Control-Request-Method", "GET");

            using var response = await koauth.Http.SendAsync(request);

            Assert.DoesNotContain(response.Headers, h => h.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    [Trait("check", "PX-02")]
    public async Task Forged_hosts_change_no_url()
    {
        await using var koauth = await KOauthApp.StartAsync();
        var honest = await koauth.Http.GetStringAsync("/.well-known/oauth-authorization-server");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/.well-known/oauth-authorization-server");
        request.Headers.Host = "evil.test";
        request.Headers.Add("X-Forwarded-Host", "evil.test");
        request.Headers.Add("X-Forwarded-Proto", "http");
        request.Headers.Add("Forwarded", "host=evil.test;proto=http");

        using var response = await koauth.Http.SendAsync(request);

        Assert.Equal(honest, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    [Trait("check", "MX-09")]
    public async Task Metadata_has_no_nulls_and_only_absolute_urls_of_the_issuer()
    {
        await using var koauth = await KOauthApp.StartAsync();
        using var json = JsonDocument.Parse(await koauth.Http.GetStringAsync("/.well-known/openid-configuration"));
        foreach (var member in json.RootElement.EnumerateObject())
        {
            Assert.NotEqual(JsonValueKind.Null, member.Value.ValueKind);
            if (member.Name.EndsWith("_endpoint", StringComparison.Ordinal) || member.Name.EndsWith("_uri", StringComparison.Ordinal))
            {
                Assert.StartsWith(KOauthApp.Issuer + "/", member.Value.GetString());
                Assert.Matches("^https://[a-z0-9./_-]+$", member.Value.GetString());
            }
        }
    }

    [Theory]
    [InlineData("/.well-known/unknown")]
    [InlineData("/oauth/unknown")]
    [InlineData("/api/unknown")]
    [InlineData("/.well-known/oauth-authorization-server/other")]
    [Trait("check", "A-23")]
    [Trait("check", "HD-06")]
    public async Task Unknown_paths_of_applications_are_json_whatever_the_method(string path)
    {
        await using var koauth = await KOauthApp.StartAsync();
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch })
        {
            using var response = await koauth.Http.SendAsync(new HttpRequestMessage(method, path));

            Assert.Contains(response.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed });
            Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
            Assert.False(response.Headers.Contains("Server"));
        }
    }
}
