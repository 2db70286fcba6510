using KOauth.Clients;

namespace KOauth.Tests.Clients;

public sealed class BorrowedNamesTests
{
    [Theory]
    [InlineData("Claude", "https://evil.test/cb", "claude")]
    [InlineData("Сlаudе", "https://evil.test/cb", "claude")]
    [InlineData("CLAUDE (beta)", "https://claude.ai.evil.test/cb", "claude")]
    [InlineData("Claude Code", "https://evil.test/cb", "claude-code")]
    [InlineData("ChatGPT", "https://claude.ai/api/mcp/auth_callback", "chatgpt")]
    [InlineData("Сlаudе", "http://127.0.0.1:5000/callback", "claude")]
    [InlineData("Claude", "http://127.0.0.1:5000/callback", null)]
    [InlineData("Claude", "https://claude.ai/api/mcp/auth_callback", null)]
    [InlineData("Claude", "https://claude.com/api/mcp/auth_callback", null)]
    [InlineData("ChatGPT", "https://chatgpt.com/connector/oauth/abc", null)]
    [InlineData("Claude Code (notes)", "http://localhost:5000/callback", null)]
    [InlineData("Cursor", "cursor://anysphere.cursor-mcp/oauth/callback", null)]
    [InlineData("Amazed", "https://amazed.test/cb", null)]
    [InlineData("My own app", "https://app.example.test/cb", null)]
    [Trait("check", "DC-09")]
    public void A_known_name_belongs_to_whoever_returns_to_a_known_address(string name, string redirectUri, string? owner) =>
        Assert.Equal(owner, BorrowedNames.OwnerOf(name, redirectUri)?.Id);
}
