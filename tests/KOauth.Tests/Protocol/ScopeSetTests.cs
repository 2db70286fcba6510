using KOauth.Protocol;

namespace KOauth.Tests.Protocol;

public sealed class ScopeSetTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("   ", "")]
    [InlineData("openid", "openid")]
    [InlineData("openid  email openid", "openid email")]
    [InlineData(" b a ", "b a")]
    [InlineData("A a", "A a")]
    [InlineData("mcp:tools:read notes/write https://x.example/s !#~", "mcp:tools:read notes/write https://x.example/s !#~")]
    [InlineData("good b\"d back\\slash tab\tbed é line\nbreak nul\0 end", "good end")]
    public void Scopes_are_read_in_order_each_once_and_what_is_none_is_dropped(string? text, string read) =>
        Assert.Equal(read, ScopeSet.Parse(text).ToString());

    [Theory]
    [InlineData("", false)]
    [InlineData(" ", false)]
    [InlineData("a b", false)]
    [InlineData("\u007f", false)]
    [InlineData("!", true)]
    [InlineData("\"", false)]
    [InlineData("#", true)]
    [InlineData("[", true)]
    [InlineData("\\", false)]
    [InlineData("]", true)]
    [InlineData("~", true)]
    public void A_scope_is_made_of_the_characters_of_the_rfc(string token, bool isScope) => // RFC 6749 §3.3
        Assert.Equal(isScope, ScopeSet.IsScopeToken(token));

    [Fact]
    public void A_scope_has_at_most_128_characters()
    {
        Assert.True(ScopeSet.IsScopeToken(new string('a', 128)));
        Assert.False(ScopeSet.IsScopeToken(new string('a', 129)));
    }

    [Fact]
    public void Sets_are_compared_letter_by_letter()
    {
        var granted = ScopeSet.Parse("openid notes:read");

        Assert.True(ScopeSet.Parse("notes:read").IsSubsetOf(granted));
        Assert.False(ScopeSet.Parse("Notes:read").IsSubsetOf(granted));
        Assert.True(ScopeSet.Empty.IsSubsetOf(granted));
        Assert.Equal("notes:read", ScopeSet.Parse("notes:write notes:read").Intersect(granted).ToString());
        Assert.Equal("notes:write", ScopeSet.Parse("notes:write notes:read").Except(granted).ToString());
        Assert.Equal("openid notes:read notes:write", granted.Union(ScopeSet.Parse("notes:read notes:write")).ToString());
        Assert.True(granted.Contains("openid"));
        Assert.False(granted.Contains("open"));
        Assert.Equal(2, granted.Count);
    }

    [Fact]
    public void A_request_of_a_million_scopes_is_read_in_no_time()
    {
        var text = string.Join(' ', Enumerable.Range(0, 100_000).Select(i => $"s{i}"));
        Assert.Empty(ScopeSet.Parse(text).Intersect(ScopeSet.Standard));
    }
}
