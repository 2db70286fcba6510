using KOauth.Protocol;

namespace KOauth.Tests.Protocol;

public sealed class IssuerUriTests
{
    [Theory]
    [InlineData("https://auth.example.com", "", 443, "auth.example.com")]
    [InlineData("https://auth.example.com/tenant1", "/tenant1", 443, "auth.example.com")]
    [InlineData("https://auth.example.com:8443/a/b", "/a/b", 8443, "auth.example.com")]
    [InlineData("http://localhost:3000", "", 3000, "localhost")]
    [InlineData("http://127.0.0.1:3000", "", 3000, "127.0.0.1")]
    [InlineData("http://[::1]:3000", "", 3000, "[::1]")]
    public void The_issuer_stays_the_string_as_configured(string text, string path, int port, string host)
    {
        Assert.True(IssuerUri.TryParse(text, out var issuer, out _));
        Assert.Equal((text, text, path, port, host), (issuer!.Value, issuer.ToString(), issuer.Path, issuer.Port, issuer.Host));
    }

    [Theory]
    [Trait("check", "MX-09")]
    [InlineData("")]
    [InlineData("auth.example.com")]
    [InlineData("/auth")]
    [InlineData("ftp://auth.example.com")]
    [InlineData("file:///etc")]
    [InlineData("https://auth.example.com/")]
    [InlineData("https://auth.example.com/tenant1/")]
    [InlineData("https://auth.example.com//tenant1")]
    [InlineData("https://auth.example.com?x=1")]
    [InlineData("https://auth.example.com?")]
    [InlineData("https://auth.example.com#x")]
    [InlineData("https://auth.example.com/a?")]
    [InlineData("https://u@auth.example.com")]
    [InlineData("https://@auth.example.com")]
    [InlineData("https://u:p@auth.example.com")]
    [InlineData("HTTPS://auth.example.com")]
    [InlineData("https://AUTH.example.com")]
    [InlineData("https://auth.example.com:443")]
    [InlineData("https://auth.example.com.")]
    [InlineData("https://bücher.example")]
    [InlineData("https://auth.example.com/ü")]
    [InlineData("https://auth.example.com/a/../b")]
    [InlineData("https://auth.example.com/a/./b")]
    [InlineData("https://auth.example.com/%7Ea")]
    [InlineData("https://auth.example.com/a b")]
    [InlineData(" https://auth.example.com")]
    [InlineData("https://auth.example.com ")]
    [InlineData("https://auth.example.com\n")]
    [InlineData("https:\\\\auth.example.com")]
    [InlineData("https://auth.example.com\\a")]
    [InlineData("https:auth.example.com")]
    [InlineData("https://auth.example.com/\"x")]
    [InlineData("https://auth.example.com/a;b")]
    [InlineData("https://auth.example.com/*")]
    [InlineData("https://*.example.com")]
    [InlineData("https://2130706433")]
    [InlineData("http://auth.example.com")]
    [InlineData("http://10.0.0.1:3000")]
    [InlineData("http://127.1:3000")]
    public void What_clients_could_not_compare_letter_by_letter_is_refused_with_the_remedy(string text)
    {
        Assert.False(IssuerUri.TryParse(text, out var issuer, out var why));
        Assert.Null(issuer);
        Assert.Contains("KOAUTH_ISSUER", why, StringComparison.Ordinal);
        Assert.EndsWith(".", why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://auth.example.com/", "'https://auth.example.com'")]
    [InlineData("HTTPS://Auth.example.com:443/a", "'https://auth.example.com/a'")]
    [InlineData("http://auth.example.com/a", "'https://auth.example.com/a'")]
    [InlineData("https://bücher.example", "'https://xn--bcher-kva.example'")]
    public void The_remedy_is_the_right_value(string text, string remedy)
    {
        Assert.False(IssuerUri.TryParse(text, out _, out var why));
        Assert.Contains(remedy, why, StringComparison.Ordinal);
    }
}
