using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Hosting;

public sealed class JsonErrorsTests
{
    [Theory, Trait("check", "A-23"), Trait("check", "HD-06")]
    [InlineData("GET", "/oauth")]
    [InlineData("GET", "/oauth/nothing")]
    [InlineData("POST", "/oauth/nothing")]
    [InlineData("PUT", "/oauth/token/more")]
    [InlineData("GET", "/.well-known/nothing")]
    [InlineData("DELETE", "/.well-known/nothing")]
    [InlineData("GET", "/.well-known/oauth-authorization-server/elsewhere")]
    [InlineData("GET", "/api/nothing")]
    [InlineData("PATCH", "/api/nothing")]
    [InlineData("GET", "/health/nothing")]
    public async Task An_unknown_path_is_404_in_json(string method, string path) =>
        await MustBeJsonAsync(method, path, HttpStatusCode.NotFound, "not_found");

    [Theory, Trait("check", "A-23")]
    [InlineData("PUT", "/oauth/token", "POST")]
    [InlineData("GET", "/oauth/token", "POST")]
    [InlineData("DELETE", "/oauth/authorize", "GET")]
    [InlineData("POST", "/.well-known/jwks.json", "GET")]
    [InlineData("POST", "/health/live", "GET")]
    public async Task A_wrong_method_is_405_in_json_and_names_the_right_one(string method, string path, string allowed)
    {
        using var response = await MustBeJsonAsync(method, path, HttpStatusCode.MethodNotAllowed, "invalid_request");

        Assert.Contains(allowed, response.Content.Headers.Allow);
    }

    [Fact, Trait("check", "A-23")]
    public async Task An_issuer_with_a_path_answers_alike()
    {
        Assert.True(IssuerUri.TryParse("https://auth.example.test/tenant1", out var issuer, out _));
        await using var koauth = await KOauthApp.StartAsync(s => s with { Issuer = issuer! });

        using var response = await koauth.Http.GetAsync(new Uri("/tenant1/oauth/nothing", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact, Trait("check", "HD-06")]
    public async Task A_mistake_of_the_server_says_nothing_of_it_and_can_be_found_by_its_reference()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.ChangeAsync(db => db.Database.ExecuteSqlRawAsync("drop table clients"));

        using var page = await koauth.Http.GetAsync(new Uri("/oauth/authorize?client_id=someone&redirect_uri=https%3A%2F%2Fapp.example.test%2Fcb&response_type=code", UriKind.Relative), TestContext.Current.CancellationToken);
        using var json = await koauth.Http.PostAsync(new Uri("/oauth/token", UriKind.Relative), new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("client_id", "someone")]), TestContext.Current.CancellationToken);

        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.InternalServerError, page.StatusCode);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.Contains(koauth.Told.First(e => e.Name == "request.failed").Story, html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.InternalServerError, json.StatusCode);
        var error = await json.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal("server_error", error.GetProperty("error").GetString());
        foreach (var answer in (string[])[html, error.ToString()])
        {
            Assert.DoesNotContain("Sqlite", answer, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("   at ", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("no such table", answer, StringComparison.Ordinal);
        }

        Assert.False(page.Headers.Contains("Server"));
    }

    private static async Task<HttpResponseMessage> MustBeJsonAsync(string method, string path, HttpStatusCode status, string error)
    {
        await using var koauth = await KOauthApp.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Accept.ParseAdd("text/html");

        var response = await koauth.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(error, (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("error").GetString());
        Assert.Contains("nosniff", response.Headers.GetValues("X-Content-Type-Options"));
        Assert.False(response.Headers.Contains("Server"));
        return response;
    }
}
