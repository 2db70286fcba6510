using System.Net;

namespace KOauth.Tests.AspNetCore;

/// <summary>Clients that run in a browser.</summary>
public sealed class CorsTests
{
    private static readonly string[] _neededHeaders =
        ["authorization", "content-type", "mcp-protocol-version", "mcp-method", "mcp-name", "mcp-session-id"];

    [Theory]
    [InlineData("/mcp")]
    [InlineData("/.well-known/oauth-protected-resource")]
    [InlineData("/.well-known/oauth-protected-resource/mcp")]
    public async Task A_browser_may_ask_before_it_has_a_token(string path)
    {
        await using var app = await ProtectedApp.StartAsync();
        using var message = ProtectedApp.Message(HttpMethod.Options, path);
        message.Headers.TryAddWithoutValidation("Origin", "https://inspector.example");
        message.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "POST");
        message.Headers.TryAddWithoutValidation("Access-Control-Request-Headers", "authorization, mcp-protocol-version");

        using var answer = await app.SendAsync(message);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal("*", Header(answer, "Access-Control-Allow-Origin"));
        Assert.Contains("POST", Header(answer, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
        var allowed = Header(answer, "Access-Control-Allow-Headers").ToLowerInvariant().Split(", ");
        Assert.All(_neededHeaders, needed => Assert.Contains(needed, allowed));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task A_browser_may_read_answers_and_challenges()
    {
        await using var app = await ProtectedApp.StartAsync();

        foreach (var token in (string?[])[null, "bad", app.Server.Token(), app.Server.Token("openid")])
        {
            using var answer = await app.PostAsync(token);
            Assert.Equal("*", Header(answer, "Access-Control-Allow-Origin"));
            Assert.Contains("WWW-Authenticate", Header(answer, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Other_endpoints_and_switched_off_ones_are_left_alone()
    {
        await using var app = await ProtectedApp.StartAsync();
        await using var without = await ProtectedApp.StartAsync(options => options.Cors = false);

        using var elsewhere = await app.PostAsync(token: null, path: "/mcpx");
        using var off = await without.PostAsync(token: null);

        Assert.False(elsewhere.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.False(off.Headers.Contains("Access-Control-Allow-Origin"));
    }

    private static string Header(HttpResponseMessage answer, string name) => Assert.Single(answer.Headers.GetValues(name));
}
