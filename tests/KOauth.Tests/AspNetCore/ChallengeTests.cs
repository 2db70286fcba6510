using System.Net;
using KOauth.AspNetCore;
using Microsoft.AspNetCore.Builder;

namespace KOauth.Tests.AspNetCore;

/// <summary>What a client is told when it is not let in.</summary>
public sealed class ChallengeTests
{
    [Fact]
    [Trait("check", "A-91")]
    public async Task Without_a_token_the_answer_starts_a_sign_in()
    {
        await using var app = await ProtectedApp.StartAsync();

        using var answer = await app.PostAsync(token: null);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(
            $"Bearer scope=\"notes:read notes:write\", resource_metadata=\"{ProtectedApp.MetadataUrl}\"",
            Assert.Single(answer.Headers.WwwAuthenticate).ToString());
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task A_probe_of_the_wrong_kind_starts_a_sign_in_too()
    {
        await using var app = await ProtectedApp.StartAsync(options => options.InitialScopes.Add("notes:write"));
        using var form = ProtectedApp.Message(HttpMethod.Post, "/mcp");
        form.Content = new FormUrlEncodedContent([]);

        using var get = await app.SendAsync(ProtectedApp.Message(HttpMethod.Get, "/mcp"));
        using var post = await app.SendAsync(form);
        using var signedIn = await app.SendAsync(ProtectedApp.Message(HttpMethod.Get, "/mcp", app.Server.Token()));

        Assert.Equal(HttpStatusCode.Unauthorized, get.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, post.StatusCode);
        Assert.Contains("scope=\"notes:read notes:write\"", get.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal("*", Assert.Single(get.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, signedIn.StatusCode);
    }

    [Theory]
    [InlineData("Basic YTpi")]
    [InlineData("Negotiate abc")]
    [InlineData("Bearerabc")]
    public async Task Another_scheme_is_no_token(string header)
    {
        await using var app = await ProtectedApp.StartAsync();
        using var message = ProtectedApp.Message(HttpMethod.Post, "/mcp", body: "{}");
        message.Headers.TryAddWithoutValidation("Authorization", header);

        using var answer = await app.SendAsync(message);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.DoesNotContain("error", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("bearer a,b")]
    [InlineData("Bearer a\"b")]
    public async Task A_malformed_header_is_a_bad_request(string header)
    {
        await using var app = await ProtectedApp.StartAsync();
        using var message = ProtectedApp.Message(HttpMethod.Post, "/mcp", body: "{}");
        message.Headers.TryAddWithoutValidation("Authorization", header);

        using var answer = await app.SendAsync(message);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("error=\"invalid_request\"", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_headers_are_a_bad_request()
    {
        await using var app = await ProtectedApp.StartAsync();
        using var message = ProtectedApp.Message(HttpMethod.Post, "/mcp", body: "{}");
        message.Headers.TryAddWithoutValidation("Authorization", [$"Bearer {app.Server.Token()}", $"Bearer {app.Server.Token()}"]);

        using var answer = await app.SendAsync(message);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_token_in_the_address_is_not_read()
    {
        await using var app = await ProtectedApp.StartAsync();

        using var alone = await app.PostAsync(token: null, path: $"/mcp?access_token={app.Server.Token()}");
        using var both = await app.PostAsync(app.Server.Token(), path: $"/mcp?access_token={app.Server.Token()}");

        Assert.Equal(HttpStatusCode.Unauthorized, alone.StatusCode);
        Assert.DoesNotContain("error", alone.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, both.StatusCode);
    }

    [Fact]
    public async Task A_token_in_the_body_is_not_read()
    {
        await using var app = await ProtectedApp.StartAsync();
        using var message = ProtectedApp.Message(HttpMethod.Post, "/mcp");
        message.Content = new FormUrlEncodedContent([new("access_token", app.Server.Token())]);

        using var answer = await app.SendAsync(message);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_missing_scope_is_named_together_with_the_ones_that_are_there()
    {
        await using var app = ProtectedApp.Empty(web => web.MapGet("/report", () => "secret").RequireScope("report:read", "report:all"));
        await app.RunAsync();

        using var answer = await app.SendAsync(ProtectedApp.Message(HttpMethod.Get, "/report", app.Server.Token("report:read openid")));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var challenge = answer.Headers.WwwAuthenticate.ToString();
        Assert.StartsWith("Bearer error=\"insufficient_scope\", ", challenge, StringComparison.Ordinal);
        Assert.Contains("scope=\"report:read report:all\"", challenge, StringComparison.Ordinal);
        Assert.Contains($"resource_metadata=\"{ProtectedApp.MetadataUrl}\"", challenge, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scope_is_compared_whole()
    {
        await using var app = ProtectedApp.Empty(web => web.MapGet("/report", () => "secret").RequireScope("report"));
        await app.RunAsync();

        foreach (var granted in (string[])["report:read", "xreport", "REPORT", ""])
        {
            using var answer = await app.SendAsync(ProtectedApp.Message(HttpMethod.Get, "/report", app.Server.Token(granted)));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_broader_scope_serves_when_the_options_say_so()
    {
        await using var app = ProtectedApp.Empty(
            web => web.MapGet("/report", () => "secret").RequireScope("report:read"),
            options => options.ScopeIncludes = (granted, needed) => granted == "report" && needed.StartsWith("report:", StringComparison.Ordinal));
        await app.RunAsync();

        using var broad = await app.SendAsync(ProtectedApp.Message(HttpMethod.Get, "/report", app.Server.Token("report")));
        using var other = await app.SendAsync(ProtectedApp.Message(HttpMethod.Get, "/report", app.Server.Token("reports")));

        Assert.Equal(HttpStatusCode.OK, broad.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, other.StatusCode);
    }

    [Fact]
    public async Task A_refusal_by_another_policy_does_not_ask_for_scopes()
    {
        await using var app = ProtectedApp.Empty(web => web.MapGet("/report", () => "secret")
            .RequireScope("report:read")
            .RequireAuthorization(policy => policy.RequireClaim("department", "finance")));
        await app.RunAsync();

        using var answer = await app.SendAsync(ProtectedApp.Message(HttpMethod.Get, "/report", app.Server.Token("report:read")));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Empty(answer.Headers.WwwAuthenticate);
    }

    [Fact]
    public async Task No_value_of_a_challenge_contains_a_comma()
    {
        await using var app = await ProtectedApp.StartAsync();

        foreach (var token in (string?[])[null, "x", app.Server.Token(payload: p => p["iss"] = "a,b"), app.Server.Token("openid")])
        {
            using var answer = await app.PostAsync(token);
            var challenge = answer.Headers.WwwAuthenticate.ToString();
            Assert.All(challenge["Bearer ".Length..].Split(", "), part => Assert.Matches("^[a-z_]+=\"[^\",]*\"$", part));
        }
    }

    [Fact]
    public async Task A_first_sign_in_can_ask_for_less_than_is_published()
    {
        await using var app = await ProtectedApp.StartAsync(options => options.InitialScopes.Add("notes:read"));

        using var answer = await app.PostAsync(token: null);

        Assert.Contains("scope=\"notes:read\"", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("two scopes")]
    [InlineData("a,b")]
    [InlineData("a\"b")]
    [InlineData("")]
    [InlineData("offline_access")]
    public void A_scope_that_could_not_stand_in_a_challenge_cannot_be_required(string scope)
    {
        Assert.Throws<ArgumentException>(() => new RequireScopeAttribute(scope));
        Assert.Throws<ArgumentException>(() => WebApplication.Create().MapGet("/", () => "").RequireScope(scope));
    }

    [Fact]
    public void Requiring_no_scope_at_all_is_a_mistake()
    {
        Assert.Throws<ArgumentException>(() => new RequireScopeAttribute());
        Assert.Throws<ArgumentException>(() => WebApplication.Create().MapGet("/", () => "").RequireScope());
    }
}
