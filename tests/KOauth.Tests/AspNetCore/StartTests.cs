using System.Net;
using KOauth.AspNetCore;
using Microsoft.AspNetCore.Builder;

namespace KOauth.Tests.AspNetCore;

/// <summary>The start: what is checked, what is said, and what stops it.</summary>
public sealed class StartTests
{
    [Fact]
    [Trait("check", "A-71")]
    public async Task One_line_confirms_the_authorization_server()
    {
        await using var app = await ProtectedApp.StartAsync();

        Assert.Equal(
            "Information: KOauth: https://auth.example is confirmed, its metadata names the same issuer. Signing keys: 1. Its tokens for https://notes.example/mcp are accepted.",
            await app.LoggedAsync("https://auth.example"));
        Assert.Single(app.Log);
    }

    [Theory]
    [Trait("check", "A-71")]
    [InlineData("https://auth.example/")]
    [InlineData("https://other.example")]
    public async Task Another_issuer_is_named_next_to_the_expected_one(string issuer)
    {
        await using var app = await ProtectedApp.StartAsync(server: server => server.ClaimedIssuer = issuer);

        var line = await app.LoggedAsync("not as expected");

        Assert.StartsWith("Error: ", line, StringComparison.Ordinal);
        Assert.Contains("KOAUTH_URL is 'https://auth.example'", line, StringComparison.Ordinal);
        Assert.Contains($"the issuer is '{issuer}'", line, StringComparison.Ordinal);
        using var answer = await app.PostAsync(app.Server.Token());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Fact]
    [Trait("check", "A-71")]
    public async Task A_slash_too_many_is_told_with_the_remedy()
    {
        await using var app = await ProtectedApp.StartAsync(options => options.Issuer = "https://auth.example/");

        Assert.Contains("set KOAUTH_URL=https://auth.example.", await app.LoggedAsync("not as expected"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":null}""")]
    [InlineData("""{"keys":"x"}""")]
    [InlineData("""{"keys":[1]}""")]
    [InlineData("""{"keys":[{"kty":1,"kid":"key-1"}]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","kid":"key-1","n":"!!","e":"AQAB"}]}""")]
    [InlineData("""{"keys":[{"kty":"EC","kid":"key-1","crv":"P-256","x":"!!","y":"AA"}]}""")]
    [InlineData("""{"keys":[{"kty":"EC","kid":"key-1","crv":"P-257","x":"AA","y":"AA"}]}""")]
    public async Task Nonsense_instead_of_keys_is_named_and_harms_nothing(string keys)
    {
        await using var app = await ProtectedApp.StartAsync(server: server => server.KeySet = keys);

        Assert.StartsWith("Error: ", await app.LoggedAsync("not as expected"), StringComparison.Ordinal);
        app.Server.KeySet = null;
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await app.LoggedAsync("is confirmed");
    }

    [Theory]
    [InlineData("""{"issuer":"https://auth.example","issuer":"https://evil.example"}""")]
    [InlineData("""["https://auth.example"]""")]
    [InlineData("<html>")]
    public async Task Nonsense_instead_of_metadata_is_named_and_harms_nothing(string metadata)
    {
        await using var app = await ProtectedApp.StartAsync(server: server => server.MetadataDocument = metadata);

        Assert.StartsWith("Error: ", await app.LoggedAsync("not as expected"), StringComparison.Ordinal);
        app.Server.MetadataDocument = null;
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await app.LoggedAsync("is confirmed");
    }

    [Fact]
    [Trait("check", "A-71")]
    public async Task Metadata_without_S256_is_named_but_keys_are_used()
    {
        await using var app = await ProtectedApp.StartAsync(
            server: server => server.Metadata = document => document.Remove("code_challenge_methods_supported"));

        Assert.Contains("lacks 'S256'", await app.LoggedAsync("not as expected"), StringComparison.Ordinal);
        using var answer = await app.PostAsync(app.Server.Token());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("http://auth.example/jwks")]
    [InlineData("http://localhost/jwks")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/jwks")]
    [InlineData(null)]
    public async Task Keys_are_not_fetched_from_an_unsafe_address(string? address)
    {
        await using var app = await ProtectedApp.StartAsync(server: server => server.Metadata = document => document["jwks_uri"] = address);

        Assert.Contains("jwks_uri", await app.LoggedAsync("not as expected"), StringComparison.Ordinal);
        Assert.Single(app.Server.Asked);
    }

    [Fact]
    public async Task OpenID_discovery_is_found_too()
    {
        await using var app = await ProtectedApp.StartAsync(server: server => server.MetadataPath = "/.well-known/openid-configuration");

        await app.LoggedAsync("is confirmed");
    }

    [Fact]
    public async Task An_issuer_with_a_path_is_found_by_insertion()
    {
        await using var app = await ProtectedApp.StartAsync(
            options => options.Issuer = "https://auth.example/tenant",
            server =>
            {
                server.MetadataPath = "/.well-known/oauth-authorization-server/tenant";
                server.ClaimedIssuer = "https://auth.example/tenant";
            });

        await app.LoggedAsync("is confirmed");
    }

    [Fact]
    [Trait("check", "A-91")]
    public async Task It_starts_while_the_authorization_server_is_down_and_recovers_by_itself()
    {
        await using var app = await ProtectedApp.StartAsync(server: server => server.IsDown = true);
        Assert.StartsWith("Warning: ", await app.LoggedAsync("does not answer (Connection refused)"), StringComparison.Ordinal);

        using var anonymous = await app.PostAsync(token: null);
        using var early = await app.PostAsync(app.Server.Token());
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, early.StatusCode);
        Assert.Equal("5", Assert.Single(early.Headers.GetValues("Retry-After")));

        app.Server.IsDown = false;
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await app.LoggedAsync("is confirmed");
        using var answer = await app.PostAsync(app.Server.Token());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_server_that_stays_down_is_reported_once()
    {
        await using var app = await ProtectedApp.StartAsync(server: server => server.IsDown = true);
        await app.LoggedAsync("does not answer");

        for (var i = 0; i < 5; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(1));
            using var answer = await app.PostAsync(app.Server.Token());
        }

        Assert.Single(app.Log, line => line.Contains("does not answer", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "KOAUTH_URL is not set")]
    [InlineData("auth.example", "is not an address")]
    [InlineData("ftp://auth.example", "is not an address")]
    [InlineData("https://user@auth.example", "is not an address")]
    [InlineData("https://auth.example?x=1", "is not an address")]
    [InlineData("https://auth.example/#x", "is not an address")]
    [InlineData("http://auth.example", "must begin with https://")]
    [InlineData("http://192.168.1.10:3000", "must begin with https://")]
    public Task A_wrong_issuer_stops_the_start_with_one_sentence(string issuer, string sentence) =>
        StopsAsync(options => options.Issuer = issuer, "KOAUTH_URL", sentence);

    [Theory]
    [InlineData("", "BASE_URL is not set")]
    [InlineData("notes.example", "is not an address")]
    [InlineData("https://notes.example/?a", "is not an address")]
    [InlineData("https://Notes.example", "BASE_URL=https://notes.example.")]
    [InlineData("https://notes.example:443", "BASE_URL=https://notes.example.")]
    [InlineData("https://notes.example/a/../b", "BASE_URL=https://notes.example/b.")]
    public Task A_wrong_base_url_stops_the_start_with_one_sentence(string baseUrl, string sentence) =>
        StopsAsync(options => options.BaseUrl = baseUrl, "BASE_URL", sentence);

    [Fact]
    public async Task Other_wrong_values_stop_the_start_too()
    {
        await StopsAsync(options => options.Path = "mcp", "path", "begins with a slash");
        await StopsAsync(options => options.Scopes.Add("offline_access"), "offline_access", "never requires or publishes");
        await StopsAsync(options => options.Scopes.Add("a b"), "a b", "not the name of one scope");
        await StopsAsync(options => options.Algorithms.Add("HS256"), "algorithms", "ES256");
        await StopsAsync(options => options.ClockSkew = TimeSpan.FromHours(1), "skew", "five minutes");
    }

    [Theory]
    [InlineData("http://localhost:3000")]
    [InlineData("http://127.0.0.1:3000")]
    [InlineData("http://[::1]:3000")]
    public async Task On_this_machine_http_is_allowed(string issuer)
    {
        await using var app = await ProtectedApp.StartAsync(options => options.Issuer = issuer);

        await app.LoggedAsync(issuer);
    }

    [Fact]
    public async Task A_path_where_nothing_is_mapped_is_a_warning()
    {
        await using var app = ProtectedApp.Empty(web => web.MapPost("/other", () => ""));
        await app.RunAsync();

        Assert.StartsWith("Warning: ", await app.LoggedAsync("nothing is mapped at /mcp"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_address_without_TLS_is_a_warning()
    {
        await using var app = await ProtectedApp.StartAsync(options => options.BaseUrl = "http://notes.example");

        Assert.StartsWith("Warning: ", await app.LoggedAsync("BASE_URL is http://notes.example"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_attribute_for_tools_on_an_endpoint_stops_the_start()
    {
        await using var app = ProtectedApp.Empty(web => web.MapPost("/mcp", [RequireScope("notes:read")] () => ""));

        var stopped = await Assert.ThrowsAsync<InvalidOperationException>(app.RunAsync);

        Assert.Contains(".RequireScope(…)", stopped.Message, StringComparison.Ordinal);
    }

    private static async Task StopsAsync(Action<KOauthOptions> configure, string setting, string sentence)
    {
        await using var app = ProtectedApp.Sample(configure);

        var stopped = await Assert.ThrowsAsync<InvalidOperationException>(app.RunAsync);

        Assert.Contains(setting, stopped.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, stopped.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', stopped.Message);
    }
}
