using System.Text;
using KOauth.Keys;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace KOauth.Tests.Keys;

public sealed class TokenSignerTests
{
    private readonly FakeTimeProvider _clock = new(OpenRing.Made.AddDays(1));

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task A_token_says_exactly_what_it_was_given(string algorithm)
    {
        var ring = OpenRing.Of();

        var token = new TokenSigner(ring, _clock).Sign(algorithm, "at+jwt", Claims());

        var parts = token.Split('.').Select(Base64UrlEncoder.DecodeBytes).ToArray();
        Assert.Equal(
            $$"""{"alg":"{{algorithm}}","kid":"{{ring.Keys.SignerFor(algorithm, _clock.GetUtcNow()).Kid}}","typ":"at+jwt"}""",
            Encoding.UTF8.GetString(parts[0]));
        Assert.Equal(
            """{"iss":"https://auth.example.com","aud":"https://mcp.example.com/mcp","iat":1767312000,"exp":1767315600,"scope":"a b"}""",
            Encoding.UTF8.GetString(parts[1]));
        Assert.True(await VerifiesAsync(token, ring));
    }

    [Fact]
    public async Task Many_tokens_signed_at_once_all_verify()
    {
        var ring = OpenRing.Of();
        var signer = new TokenSigner(ring, _clock);

        var tokens = new string[2000];
        Parallel.For(0, tokens.Length, i => tokens[i] = signer.Sign("ES256", "at+jwt", Claims()));

        foreach (var token in tokens)
        {
            Assert.True(await VerifiesAsync(token, ring));
        }
    }

    [Fact]
    public void The_newest_key_that_is_active_and_not_retired_signs()
    {
        var now = _clock.GetUtcNow();
        var first = OpenRing.MakeSigningKey("ES256", now.AddDays(-30), retiredAt: now.AddDays(1));
        var second = OpenRing.MakeSigningKey("ES256", now.AddDays(-10));
        var coming = OpenRing.MakeSigningKey("ES256", now.AddDays(10));
        var keys = OpenRing.Of(With(first, coming, second)).Keys;

        Assert.Equal(first.Kid, keys.SignerFor("ES256", now.AddDays(-20)).Kid);
        Assert.Equal(second.Kid, keys.SignerFor("ES256", now).Kid);
        Assert.Equal(second.Kid, keys.SignerFor("ES256", now.AddDays(10).AddTicks(-1)).Kid);
        Assert.Equal(coming.Kid, keys.SignerFor("ES256", now.AddDays(10)).Kid);
    }

    [Fact]
    public void A_retired_key_signs_no_more()
    {
        var now = _clock.GetUtcNow();
        var old = OpenRing.MakeSigningKey("ES256", now.AddDays(-30));
        var revoked = OpenRing.MakeSigningKey("ES256", now.AddDays(-10), retiredAt: now);
        var keys = OpenRing.Of(With(old, revoked)).Keys;

        Assert.Equal(revoked.Kid, keys.SignerFor("ES256", now.AddTicks(-1)).Kid);
        Assert.Equal(old.Kid, keys.SignerFor("ES256", now).Kid);
    }

    [Fact]
    public void A_node_whose_clock_is_behind_signs_with_the_first_keys_all_the_same()
    {
        var keys = OpenRing.Of().Keys;

        Assert.Equal("ES256", keys.SignerFor("ES256", OpenRing.Made.AddSeconds(-1)).Algorithm);
    }

    private static Dictionary<string, object> Claims() => new()
    {
        ["iss"] = "https://auth.example.com",
        ["aud"] = "https://mcp.example.com/mcp",
        ["iat"] = OpenRing.Made.AddDays(1).ToUnixTimeSeconds(),
        ["exp"] = OpenRing.Made.AddDays(1).AddHours(1).ToUnixTimeSeconds(),
        ["scope"] = "a b",
    };

    private static StoredKeys With(params SigningKey[] keys) =>
        OpenRing.Rows with { Signing = [.. OpenRing.Rows.Signing.Where(k => k.Algorithm == "RS256"), .. keys] };

    // As a resource server would: with nothing but the published document.
    private async Task<bool> VerifiesAsync(string token, KeyRing ring)
    {
        var document = JsonWebKeySet.Create(Encoding.UTF8.GetString(new Jwks(ring, OpenRing.Settings(), _clock).Json.Span));
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = "https://auth.example.com",
            ValidAudience = "https://mcp.example.com/mcp",
            ValidTypes = ["at+jwt"],
            IssuerSigningKeys = document.GetSigningKeys(),
            ValidateLifetime = false,
        });
        return result.IsValid;
    }
}
