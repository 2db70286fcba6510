using KOauth.Protocol;

namespace KOauth.Tests.Protocol;

public sealed class PkceTests
{
    // The example of RFC 7636 appendix B.
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    [Fact]
    public void The_example_of_the_rfc_verifies()
    {
        Assert.Null(Pkce.ReadChallenge(Challenge, "S256", out var hash));
        Assert.True(Pkce.IsVerifier(Verifier));
        Assert.True(Pkce.Verifies(Verifier, hash));
        Assert.False(Pkce.Verifies(Verifier[..^1] + "l", hash));
        Assert.False(Pkce.Verifies("", hash));
        Assert.False(Pkce.Verifies("é" + Verifier, hash));
        Assert.False(Pkce.Verifies(Verifier, []));
    }

    [Theory]
    [InlineData(null, "S256", "pkce_missing")] // AZ-28
    [InlineData("", "S256", "pkce_missing")]
    [InlineData(null, null, "pkce_missing")]
    [InlineData(Challenge, "plain", "pkce_method_unsupported")] // AZ-29
    [InlineData(Challenge, null, "pkce_method_unsupported")] // AZ-30
    [InlineData(Challenge, "s256", "pkce_method_unsupported")] // AZ-31
    [InlineData(Challenge, "S512", "pkce_method_unsupported")]
    [InlineData(Challenge, "", "pkce_method_unsupported")]
    [InlineData(Challenge, "S256 ", "pkce_method_unsupported")]
    public void Only_S256_is_a_method(string? challenge, string? method, string reason) =>
        Assert.Equal(reason, Pkce.ReadChallenge(challenge, method, out _)?.Reason.Id);

    [Theory]
    [Trait("check", "AZ-32")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c")] // 42
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cMM")] // 44
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c=")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw/cM")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw cM")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN")] // the same 32 bytes by another spelling
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cé")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c\n")]
    [InlineData(" ")]
    public void A_challenge_is_43_characters_of_base64url_in_one_spelling(string challenge)
    {
        Assert.Equal(Reasons.PkceChallengeMalformed, Pkce.ReadChallenge(challenge, "S256", out var hash)?.Reason);
        Assert.Empty(hash);
    }

    [Theory]
    [InlineData(42, 'a', false)]
    [InlineData(43, 'a', true)]
    [InlineData(128, '~', true)]
    [InlineData(129, 'a', false)]
    [InlineData(43, '.', true)]
    [InlineData(43, '+', false)]
    [InlineData(43, ' ', false)]
    [InlineData(43, 'é', false)]
    [InlineData(43, '\0', false)]
    public void A_verifier_is_43_to_128_unreserved_characters(int length, char of, bool isVerifier) => // RFC 7636 §4.1
        Assert.Equal(isVerifier, Pkce.IsVerifier(new string(of, length)));
}
