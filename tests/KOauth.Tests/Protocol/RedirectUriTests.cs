using KOauth.Protocol;

namespace KOauth.Tests.Protocol;

public sealed class RedirectUriTests
{
    [Theory]
    [InlineData("https://app.example.test/cb")]
    [InlineData("https://app.example.test")]
    [InlineData("https://app.example.test/")]
    [InlineData("https://app.example.test:8443/cb")]
    [InlineData("https://app.example.test/cb?a=b&c=%20")]
    [InlineData("https://xn--bcher-kva.example/cb")]
    [InlineData("https://192.0.2.7/cb")]
    [InlineData("https://[2001:db8::7]:8443/cb")]
    [InlineData("https://under_score.example/cb")]
    [InlineData("https://grok.com/connectors-oauth-exchange-code/")]
    [InlineData("http://127.0.0.1/callback")]
    [InlineData("http://127.0.0.1:33418/")]
    [InlineData("http://[::1]:8080/callback")]
    [InlineData("http://localhost/callback")]
    [InlineData("cursor://anysphere.cursor-mcp/oauth/callback")]
    [InlineData("claude://claude.ai/mcp-auth-callback/sdk")]
    [InlineData("com.example.app:/callback")]
    [InlineData("com.example.app://callback?x=1")]
    public void What_apps_use_is_accepted(string text) => Assert.Equal(text, Parse(text).Value);

    [Theory]
    [Trait("check", "DC-01")]
    [InlineData("javascript:alert(1)")]
    [InlineData("JaVaScRiPt:alert(1)")]
    [InlineData("javascript://app.example.test/%0aalert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("vbscript:x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("blob:https://app.example.test/1")]
    [InlineData("about:blank")]
    [InlineData("view-source:https://app.example.test/cb")]
    [InlineData("filesystem:https://app.example.test/x")]
    [InlineData(" https://app.example.test/cb")]
    [InlineData("\thttps://app.example.test/cb")]
    [InlineData("\u0001https://app.example.test/cb")]
    [InlineData("java\tscript:alert(1)")]
    [InlineData("https://app.example.test/cb ")]
    [InlineData("foo://x")]
    [InlineData("intent://x#Intent;end")]
    [InlineData("com.example.app:")]
    [InlineData("com.example.app://")]
    public void A_scheme_that_runs_or_reads_something_is_refused(string text) => Refused(text);

    [Theory]
    [Trait("check", "DC-03")]
    [InlineData("https://app.example.test/cb#x")]
    [InlineData("https://app.example.test/cb#")]
    [InlineData("https://app.example.test#x")]
    [InlineData("cursor://x/y#z")]
    [InlineData("com.example.app:/cb#z")]
    public void A_fragment_is_refused(string text) => Refused(text, "fragment");

    [Theory]
    [Trait("check", "DC-05")]
    [InlineData("https://*.example.test/cb")]
    [InlineData("https://app.example.test/*")]
    [InlineData("https://app.example.test/a*b")]
    [InlineData("https://app.example.test/cb?x=*")]
    [InlineData("https://*/cb")]
    [InlineData("cursor://*")]
    [InlineData("com.example.app:/*")]
    public void A_wildcard_is_refused(string text) => Refused(text, "wildcard");

    [Theory]
    [InlineData("https://u:p@app.example.test/cb")]
    [InlineData("https://app.example.test@evil.test/cb")]
    [InlineData("https://a@b@evil.test/cb")]
    [InlineData("https://app.example.test:x@evil.test/cb")]
    [InlineData("https://app.example.test%40evil.test/cb")]
    [InlineData("https://app.example.test\\@evil.test/cb")]
    [InlineData("http://127.0.0.1@evil.test/cb")]
    [InlineData("http://localhost:80@evil.test/cb")]
    [InlineData("com.example.app://user@host/cb")]
    public void A_user_name_in_front_of_the_host_is_refused(string text) => Refused(text);

    [Theory]
    [InlineData("http://app.example.test/cb")]
    [InlineData("http://127.0.0.1.evil.test/cb")]
    [InlineData("http://localhost.evil.test/cb")]
    [InlineData("http://localhost./cb")]
    [InlineData("http://LOCALHOST/cb")]
    [InlineData("http://127.1/cb")]
    [InlineData("http://127.0.0.2/cb")]
    [InlineData("http://2130706433/cb")]
    [InlineData("http://0x7f000001/cb")]
    [InlineData("http://0177.0.0.1/cb")]
    [InlineData("http://[0:0:0:0:0:0:0:1]/cb")]
    [InlineData("http://[::ffff:127.0.0.1]/cb")]
    [InlineData("http://0.0.0.0/cb")]
    [InlineData("http://[::]/cb")]
    [InlineData("HTTP://127.0.0.1/cb")]
    public void Only_the_three_loopback_hosts_go_without_tls(string text) => Refused(text);

    [Theory]
    [InlineData("https://2130706433/cb")] // browsers go to 127.0.0.1
    [InlineData("https://127.1/cb")]
    [InlineData("https://0x7f000001/cb")]
    [InlineData("https://app.0x7f/cb")]
    [InlineData("https://010.0.0.1/cb")]
    [InlineData("https://192.0.2.256/cb")]
    [InlineData("https://app.example.test./cb")]
    [InlineData("https://.app.example.test/cb")]
    [InlineData("https://app..example.test/cb")]
    [InlineData("https:///cb")]
    [InlineData("https://?x")]
    [InlineData("https://")]
    [InlineData("https:/app.example.test/cb")]
    [InlineData("https:app.example.test/cb")]
    [InlineData("//app.example.test/cb")]
    [InlineData("/cb")]
    [InlineData("app.example.test/cb")]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("://app.example.test")]
    [InlineData("https://аpp.example.test/cb")] // Cyrillic а
    [InlineData("https://ａpp.example.test/cb")]
    [InlineData("https://app。example.test/cb")]
    [InlineData("https://%61pp.example.test/cb")]
    [InlineData("https://[::1/cb")]
    [InlineData("https://[::1]evil.test/cb")]
    [InlineData("https://[::1]:80:90/cb")]
    [InlineData("https://[fe80::1%25eth0]/cb")]
    [InlineData("https://[127.0.0.1]/cb")]
    [InlineData("https://[]/cb")]
    [InlineData("https://[/cb")]
    public void A_host_that_parsers_read_differently_is_refused(string text) => Refused(text);

    [Theory]
    [InlineData("https://app.example.test:/cb")]
    [InlineData("https://app.example.test:0/cb")]
    [InlineData("https://app.example.test:0443/cb")]
    [InlineData("https://app.example.test:65536/cb")]
    [InlineData("https://app.example.test:99999999999/cb")]
    [InlineData("https://app.example.test:+443/cb")]
    [InlineData("https://app.example.test:443a/cb")]
    [InlineData("http://127.0.0.1:x/cb")]
    public void A_port_is_a_number(string text) => Refused(text);

    [Theory]
    [Trait("check", "AZ-07")]
    [InlineData("https://app.example.test/cb/../x")]
    [InlineData("https://app.example.test/cb/..")]
    [InlineData("https://app.example.test/./cb")]
    [InlineData("https://app.example.test/cb/..%2f..%2fx")]
    [InlineData("https://app.example.test/%2e%2e/x")]
    [InlineData("https://app.example.test/.%2E/x")]
    [InlineData("https://app.example.test/%252e%252e/x")]
    [InlineData("https://app.example.test/%25252e%25252e/x")]
    [InlineData("https://app.example.test/cb/..;/x")]
    [InlineData("https://app.example.test/cb/..;a=b/x")]
    [InlineData("https://app.example.test/cb/..%5cx")]
    [InlineData("http://127.0.0.1/cb/../x")]
    [InlineData("cursor://anysphere.cursor-mcp/../x")]
    public void A_path_that_leads_elsewhere_is_refused(string text) => Refused(text, "segment");

    [Theory]
    [Trait("check", "AZ-12")]
    [InlineData("https://app.example.test/cb%0d%0aSet-Cookie:a=b")]
    [InlineData("https://app.example.test/cb%00")]
    [InlineData("https://app.example.test/cb?x=%0a")]
    [InlineData("https://app.example.test/cb%7f")]
    [InlineData("https://app.example.test/cb%")]
    [InlineData("https://app.example.test/cb%2")]
    [InlineData("https://app.example.test/cb%zz")]
    [InlineData("https://app.example.test/cb%-1")]
    [InlineData("https://app.example.test/c\tb")]
    [InlineData("https://app.example.test/c\r\nSet-Cookie: a=b")]
    [InlineData("https://app.example.test/c\0b")]
    [InlineData("https://app.example.test\\@evil.test/cb")]
    [InlineData("https://app.example.test/\"><script>")]
    [InlineData("com.example.app:/cb%0a")]
    public void A_character_that_parsers_read_differently_is_refused(string text) => Refused(text);

    [Fact]
    public void It_has_at_most_2048_characters()
    {
        Parse($"https://app.example.test/{new string('a', 2048 - 25)}");
        Refused($"https://app.example.test/{new string('a', 2048 - 24)}");
        Refused(new string('%', 1_000_000));
    }

    [Theory]
    [Trait("check", "AZ-04")]
    [InlineData("https://app.example.test/cb", "https://evil.test/cb")]
    [InlineData("https://app.example.test/cb", "https://app.example.test/cb/extra")]
    [InlineData("https://app.example.test/cb", "https://app.example.test/cbx")]
    [InlineData("https://app.example.test/cb", "https://app.example.test.evil.test/cb")] // AZ-05
    [InlineData("https://app.example.test/cb", "https://appXexample.test/cb")]
    [InlineData("https://app.example.test/cb", "https://app.example.test/cb//")] // AZ-07
    [InlineData("https://app.example.test/cb", "https://APP.EXAMPLE.TEST/cb")] // AZ-08
    [InlineData("https://app.example.test/cb", "https://app.example.test/CB")]
    [InlineData("https://app.example.test/cb", "https://app.example.test:443/cb")] // AZ-09
    [InlineData("https://app.example.test:443/cb", "https://app.example.test/cb")]
    [InlineData("https://app.example.test/cb", "https://app.example.test/cb/")]
    [InlineData("https://app.example.test/", "https://app.example.test")]
    [InlineData("https://app.example.test/cb", "https://app.example.test/cb?a=b")] // AZ-10
    [InlineData("https://app.example.test/cb?a=b", "https://app.example.test/cb?a=c")]
    [InlineData("https://app.example.test/cb?a=b", "https://app.example.test/cb")]
    [InlineData("https://app.example.test/cb", "https://app.example.test/cb?")]
    [InlineData("https://app.example.test/cb", "https://app.example.test/cb%23x")] // AZ-11
    [InlineData("https://app.example.test/cb", "https://app.example.test/%63b")]
    [InlineData("https://app.example.test/cb", "https://app.example.test:8443/cb")] // AZ-16
    [InlineData("https://localhost/cb", "https://localhost:8443/cb")]
    [InlineData("cursor://anysphere.cursor-mcp/oauth/callback", "cursor://anysphere.cursor-mcp/oauth/callback/")]
    public void Anything_but_the_registered_string_is_another(string registered, string requested) =>
        Assert.False(Parse(registered).Matches(Parse(requested)));

    [Theory]
    [InlineData("https://app.example.test/cb")]
    [InlineData("https://app.example.test/cb?a=b")]
    [InlineData("com.example.app:/cb")]
    [InlineData("cursor://anysphere.cursor-mcp/oauth/callback")]
    public void The_registered_string_is_itself(string text) => Assert.True(Parse(text).Matches(Parse(text)));

    [Theory]
    [Trait("check", "AZ-14")]
    [Trait("check", "A-09")]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:53111/callback", true)]
    [InlineData("http://127.0.0.1:33418/", "http://127.0.0.1:9/", true)]
    [InlineData("http://127.0.0.1:33418/", "http://127.0.0.1/", true)]
    [InlineData("http://localhost/callback", "http://localhost:53111/callback", true)]
    [InlineData("http://[::1]/callback", "http://[::1]:53111/callback", true)]
    [InlineData("http://127.0.0.1/callback", "http://localhost:53111/callback", false)]
    [InlineData("http://localhost/callback", "http://127.0.0.1:53111/callback", false)]
    [InlineData("http://127.0.0.1/callback", "http://[::1]:53111/callback", false)]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:53111/callback/x", false)]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:53111/callback?x=1", false)]
    [InlineData("http://127.0.0.1/callback?x=1", "http://127.0.0.1:53111/callback?x=1", true)]
    [InlineData("http://127.0.0.1/callback", "https://127.0.0.1/callback", false)]
    [InlineData("https://127.0.0.1/callback", "http://127.0.0.1/callback", false)]
    [InlineData("http://127.0.0.1", "http://127.0.0.1:53111", true)]
    [InlineData("http://127.0.0.1?x=:1", "http://127.0.0.1:53111?x=:1", true)]
    [InlineData("http://127.0.0.1/a:1", "http://127.0.0.1/a:2", false)]
    public void Of_a_loopback_address_only_the_port_is_free(string registered, string requested, bool matches) =>
        Assert.Equal(matches, Parse(registered).Matches(Parse(requested)));

    [Theory]
    [InlineData("https://App.example.test:8443/cb", "https", "App.example.test", true, false, false)]
    [InlineData("https://[2001:db8::7]:8443/cb", "https", "[2001:db8::7]", true, false, false)]
    [InlineData("http://[::1]:8080/cb", "http", "[::1]", false, true, false)]
    [InlineData("http://localhost?x", "http", "localhost", false, true, false)]
    [InlineData("cursor://anysphere.cursor-mcp/oauth", "cursor", "anysphere.cursor-mcp", false, false, true)]
    [InlineData("com.example.app:/cb", "com.example.app", "", false, false, true)]
    public void Its_parts_are_as_written(string text, string scheme, string host, bool isHttps, bool isLoopback, bool isPrivateUse)
    {
        var uri = Parse(text);
        Assert.Equal((scheme, host, isHttps, isLoopback, isPrivateUse), (uri.Scheme, uri.Host, uri.IsHttps, uri.IsLoopback, uri.IsPrivateUse));
    }

    [Fact]
    public void Nonsense_is_refused_and_never_thrown_at()
    {
        var state = 1u;
        const string Letters = "htps:/[]@.%2eE5c;?#*-_a0\\\t\0é1\u202e";
        for (var i = 0; i < 200_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, Next(24)).Select(_ => Letters[Next(Letters.Length)]));
            foreach (var whole in (string[])[text, $"https://{text}", $"http://localhost{text}", $"com.example:{text}"])
            {
                if (RedirectUri.Parse(whole).Ok(out var uri, out _))
                {
                    Assert.True(uri.Matches(uri));
                    Assert.Equal(whole, uri.Value);
                    Assert.DoesNotContain('@', uri.Host);
                }
            }
        }

        int Next(int below) // the same nonsense every time
        {
            state = (state * 1_664_525) + 1_013_904_223;
            return (int)((state >> 8) % (uint)below);
        }
    }

    private static RedirectUri Parse(string text) =>
        RedirectUri.Parse(text).Ok(out var uri, out var refusal) ? uri : throw new InvalidOperationException($"{text}: {refusal.Detail}");

    private static void Refused(string text, string? because = null)
    {
        Assert.False(RedirectUri.Parse(text).Ok(out _, out var refusal), text);
        Assert.Equal(Reasons.RedirectUriInvalid, refusal.Reason);
        Assert.Contains(because ?? ".", refusal.Detail!, StringComparison.Ordinal);
    }
}
