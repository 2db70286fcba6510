using KOauth.Protocol;

namespace KOauth.Tests.Protocol;

public sealed class ResourceUriTests
{
    [Theory]
    [Trait("check", "AZ-37")]
    [InlineData("https://mcp.example/mcp", "https://mcp.example/mcp")]
    [InlineData("https://mcp.example/mcp/", "https://mcp.example/mcp")]
    [InlineData("HTTPS://MCP.Example/mcp", "https://mcp.example/mcp")]
    [InlineData("https://mcp.example:443/mcp", "https://mcp.example/mcp")]
    [InlineData("https://mcp.example", "https://mcp.example")]
    [InlineData("https://mcp.example/", "https://mcp.example")]
    [InlineData("https://mcp.example:8443", "https://mcp.example:8443")]
    [InlineData("http://localhost:80/mcp", "http://localhost/mcp")]
    [InlineData("http://LOCALHOST:3001/mcp/", "http://localhost:3001/mcp")]
    [InlineData("http://[::1]:3001", "http://[::1]:3001")]
    [InlineData("https://[2001:DB8::1]/x", "https://[2001:db8::1]/x")]
    [InlineData("https://mcp.example/MCP", "https://mcp.example/MCP")]
    [InlineData("https://mcp.example/a//", "https://mcp.example/a/")]
    [InlineData("https://mcp.example/mcp?tenant=a/", "https://mcp.example/mcp?tenant=a/")]
    [InlineData("https://mcp.example/mcp/?a", "https://mcp.example/mcp/?a")]
    public void Spellings_of_one_server_are_compared_as_one(string text, string canonical)
    {
        Assert.True(ResourceUri.Parse(text).Ok(out var uri, out _));
        Assert.Equal((text, canonical), (uri.Value, uri.Canonical));
    }

    [Theory]
    [InlineData("https://mcp.example/mcp", "https://mcp.example/mcp/x")]
    [InlineData("https://mcp.example/mcp", "https://mcp.example/MCP")]
    [InlineData("https://mcp.example/mcp", "https://mcp.example/%6dcp")]
    [InlineData("https://mcp.example/mcp", "https://mcp.example/mcp//")]
    [InlineData("https://mcp.example/mcp", "https://mcp.example:8443/mcp")]
    [InlineData("https://mcp.example/mcp", "https://mcp.example/mcp?x")]
    [InlineData("https://mcp.example/?a", "https://mcp.example/?a/")]
    [InlineData("http://localhost:443/mcp", "http://localhost/mcp")]
    [InlineData("http://localhost/mcp", "http://127.0.0.1/mcp")]
    public void Another_server_stays_another(string one, string other)
    {
        Assert.True(ResourceUri.Parse(one).Ok(out var a, out _) & ResourceUri.Parse(other).Ok(out var b, out _));
        Assert.NotEqual(a!.Canonical, b!.Canonical);
    }

    [Theory]
    [Trait("check", "AZ-37")]
    [InlineData("")]
    [InlineData("/mcp")]
    [InlineData("mcp.example/mcp")]
    [InlineData("//mcp.example/mcp")]
    [InlineData("claude-mcp")]
    [InlineData("urn:example:mcp")]
    [InlineData("javascript:alert(1)")]
    [InlineData("ftp://mcp.example")]
    [InlineData("http://mcp.example/mcp")]
    [InlineData("http://127.1/mcp")]
    [InlineData("http://localhost.evil.test/mcp")]
    [InlineData("https://mcp.example/mcp#x")]
    [InlineData("https://mcp.example/mcp#")]
    [InlineData("https://u@mcp.example/mcp")]
    [InlineData("https://mcp.example@evil.test/mcp")]
    [InlineData("https://mcp.example\\@evil.test/mcp")]
    [InlineData("https://*.example/mcp")]
    [InlineData("https://mcp.example:0443/mcp")]
    [InlineData("https://mcp.example:/mcp")]
    [InlineData("https://mcp.example:70000/mcp")]
    [InlineData("https://mcp.example./mcp")]
    [InlineData("https://[localhost]/mcp")]
    [InlineData("https://[mcp.example]/mcp")]
    [InlineData("https://2130706433/mcp")]
    [InlineData("https:///mcp")]
    [InlineData("https://mcp.example/a/../b")]
    [InlineData("https://mcp.example/%2e%2e/b")]
    [InlineData("https://mcp.example/a b")]
    [InlineData("https://mcp.exаmple/mcp")]
    [InlineData("https://mcp.example/mcp%0a")]
    public void What_no_server_could_have_is_refused(string text)
    {
        Assert.False(ResourceUri.Parse(text).Ok(out _, out var refusal));
        Assert.Equal(Reasons.ResourceInvalid, refusal.Reason);
        Assert.EndsWith(".", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void It_has_at_most_1024_characters()
    {
        Assert.True(ResourceUri.Parse($"https://mcp.example/{new string('a', 1024 - 20)}").Ok(out _, out _));
        Assert.False(ResourceUri.Parse($"https://mcp.example/{new string('a', 1024 - 19)}").Ok(out _, out _));
    }
}
