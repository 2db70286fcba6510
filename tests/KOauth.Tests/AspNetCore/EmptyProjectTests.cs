using System.Net;
using System.Security.Claims;
using KOauth.AspNetCore;
using Microsoft.AspNetCore.Builder;

namespace KOauth.Tests.AspNetCore;

/// <summary>An API without MCP, protected by one call.</summary>
public sealed class EmptyProjectTests
{
    [Fact]
    [Trait("check", "A-91")]
    public async Task One_call_protects_an_empty_project()
    {
        await using var app = ProtectedApp.Empty(web =>
            web.MapGet("/hello", (ClaimsPrincipal user) => $"Hello {user.Identity!.Name}").RequireScope("hello"));
        await app.RunAsync();

        using var nobody = await app.SendAsync(ProtectedApp.Message(HttpMethod.Get, "/hello"));
        using var stranger = await app.SendAsync(ProtectedApp.Message(HttpMethod.Get, "/hello", app.Server.Token("other")));
        using var alice = await app.SendAsync(ProtectedApp.Message(HttpMethod.Get, "/hello", app.Server.Token("hello")));

        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        Assert.Contains("scope=\"hello\"", nobody.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, stranger.StatusCode);
        Assert.Equal("Hello alice", await alice.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Endpoints_without_a_scope_stay_open()
    {
        await using var app = ProtectedApp.Empty(web => web.MapGet("/health", () => "well"));
        await app.RunAsync();

        using var answer = await app.SendAsync(ProtectedApp.Message(HttpMethod.Get, "/health"));
        using var withBadToken = await app.SendAsync(ProtectedApp.Message(HttpMethod.Get, "/health", "nonsense"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, withBadToken.StatusCode);
    }

    [Fact]
    public async Task A_group_can_require_a_scope()
    {
        await using var app = ProtectedApp.Empty(web =>
        {
            var group = web.MapGroup("/api").RequireScope("api");
            group.MapGet("/read", () => "read");
            group.MapGet("/write", () => "written").RequireScope("api:write");
        });
        await app.RunAsync();

        using var read = await app.SendAsync(ProtectedApp.Message(HttpMethod.Get, "/api/read", app.Server.Token("api")));
        using var write = await app.SendAsync(ProtectedApp.Message(HttpMethod.Get, "/api/write", app.Server.Token("api")));

        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, write.StatusCode);
        Assert.Contains("scope=\"api api:write\"", write.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }
}
