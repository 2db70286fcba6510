using System.Net;
using System.Net.Http.Headers;
using System.Text;
using KOauth.Protocol;
using KOauth.Tests.OAuth.Discovery;
using Microsoft.AspNetCore.WebUtilities;

namespace KOauth.Tests.OAuth;

/// <summary>Requests that no honest client sends, at every endpoint that takes a form of a client's: the metadata says which.</summary>
public sealed class HostileRequestsTests(MetadataWalk server) : IClassFixture<MetadataWalk>
{
    private static readonly string[] _others = ["authorization_endpoint", "registration_endpoint", "userinfo_endpoint", "end_session_endpoint", "koauth_seen_endpoint", "koauth_ended_endpoint"];

    private static readonly string[] _parameters =
    [
        "grant_type", "client_id", "client_secret", "code", "code_verifier", "redirect_uri", "refresh_token", "device_code", "resource", "scope", "state",
        "nonce", "prompt", "max_age", "response_type", "response_mode", "code_challenge", "code_challenge_method", "request_uri", "dpop_jkt", "login_hint",
        "flow", "client_assertion", "subject_token", "subject_token_type", "requested_token_type", "actor_token", "audience", "assertion", "token", "token_type_hint",
    ];

    private IEnumerable<string> Forms => server.Metadata.EnumerateObject()
        .Where(member => member.Name.EndsWith("_endpoint", StringComparison.Ordinal) && !_others.Contains(member.Name))
        .Select(member => new Uri(member.Value.GetString()!).AbsolutePath);

    public static TheoryData<string, string> Nasty => new()
    {
        { "a NUL", "%00" },
        { "half an escape", "%" },
        { "no escape", "%zz" },
        { "bytes that are no UTF-8", "%C3%28%FF" },
        { "half a character", "%ED%A0%80" },
        { "a turned direction", "%E2%80%AE" },
        { "a line of its own", "%0D%0ASet-Cookie:%20a=b%0D%0A%0D%0A" },
        { "markup", "%3Cscript%3Ealert(1)%3C/script%3E" },
        { "a quote", "%27%20or%201=1--" },
        { "a number too large", "99999999999999999999999999" },
        { "a negative number", "-1" },
        { "a seal without content", "urn:ietf:params:oauth:request_uri:" },
        { "a template", "%7B0%7D%20%24%7Bjndi:ldap://x%7D" },
        { "long", new string('a', 20_000) },
        { "long words", string.Join('+', Enumerable.Repeat("a", 5_000)) },
        { "an emoji", "%F0%9F%92%A3" },
    };

    [Theory]
    [MemberData(nameof(Nasty))]
    public async Task Nasty_values_are_refused_in_json(string what, string value)
    {
        foreach (var path in Forms)
        {
            foreach (var parameter in _parameters)
            {
                using var content = new StringContent(
                    Honest(path, parameter) + $"{parameter}={value}", Encoding.ASCII, MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded"));
                using var answer = await server.KOauth.Http.PostAsync(path, content);

                Assert.True((int)answer.StatusCode < 500, $"{path} {parameter} with {what}: {answer.StatusCode}");
                var isEmpty = answer.StatusCode == HttpStatusCode.OK && answer.Content.Headers.ContentLength == 0; // a revocation: RFC 7009 §2.2
                Assert.Equal(isEmpty ? null : "application/json", answer.Content.Headers.ContentType?.MediaType);
                Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
                Assert.False(answer.Headers.Contains("Set-Cookie"));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Nasty))]
    public async Task Nasty_values_are_refused_by_the_authorization_endpoint(string what, string value)
    {
        foreach (var parameter in _parameters)
        {
            var url = QueryHelpers.AddQueryString("/oauth/authorize", new Flow().Parameters.Where(p => p.Key != parameter)!) + $"&{parameter}={value}";
            using var answer = await server.KOauth.Http.GetAsync(url);

            Assert.True((int)answer.StatusCode < 500, $"{parameter} with {what}: {answer.StatusCode}");
            Assert.DoesNotContain("Set-Cookie: a", answer.Headers.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("<script>alert", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            if (answer.Headers.Location is { } location)
            {
                Assert.True(
                    location.ToString().StartsWith(KOauthApp.Callback + "?", StringComparison.Ordinal)
                    || location.ToString().StartsWith(KOauthApp.Issuer + "/account/", StringComparison.Ordinal),
                    location.ToString());
            }
        }
    }

    [Theory]
    [InlineData("Authorization", "Basic")]
    [InlineData("Authorization", "Basic ")]
    [InlineData("Authorization", "Basic OjpYOg==")]
    [InlineData("Authorization", "Basic gIGC")]
    [InlineData("Authorization", "Basic YXBwOgA=")]
    [InlineData("Authorization", "Bearer YXBwOmE=")]
    [InlineData("Authorization", "Digest username=app")]
    [InlineData("Authorization", "DPoP x")]
    [InlineData("DPoP", "x")]
    [InlineData("DPoP", "e30.e30.e30")]
    [InlineData("Origin", "null")]
    [InlineData("Content-Encoding", "gzip")]
    [InlineData("Transfer-Encoding", "identity")]
    [InlineData("X-HTTP-Method-Override", "GET")]
    public async Task Nasty_headers_are_refused_in_json(string header, string value)
    {
        foreach (var path in Forms)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent([new("grant_type", "refresh_token")]) };
            if (!request.Headers.TryAddWithoutValidation(header, value))
            {
                request.Content.Headers.TryAddWithoutValidation(header, value);
            }

            using var answer = await server.KOauth.Http.SendAsync(request);

            Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized });
            Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-16")]
    [InlineData("application/x-www-form-urlencodedx")]
    [InlineData("multipart/form-data; boundary=x")]
    [Trait("check", "TK-25")]
    public async Task Bodies_of_another_kind_are_never_read_as_something_else(string contentType)
    {
        foreach (var path in Forms)
        {
            using var content = new ByteArrayContent(Encoding.Unicode.GetBytes("grant_type=refresh_token&client_id=app"));
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            using var answer = await server.KOauth.Http.PostAsync(path, content);

            // The parameters were not found, so nobody was: the one endpoint says the former, the other the latter.
            var error = answer.StatusCode == HttpStatusCode.Unauthorized ? "invalid_client" : "invalid_request";
            Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized });
            Assert.Contains(error, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("check", "AZ-18")]
    public async Task A_client_or_redirect_uri_named_twice_ends_on_our_page_whatever_else_is_wrong()
    {
        foreach (var name in new[] { "client_id", "redirect_uri" })
        {
            using var browser = server.KOauth.OpenBrowser();
            var value = name == "client_id" ? "app" : KOauthApp.Callback;
            var flow = new Flow().With("state", null).And("state", "a").And("state", "b").And(name, value);
            await browser.OpenAsync("/oauth/authorize?state=a&state=b" + new Flow().And(name, value).Url.Split('?', 2)[1].Insert(0, "&"));

            Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
            Assert.NotNull(browser.Page);
            await browser.PostAsync("/oauth/authorize", flow.Parameters);
            Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        }
    }

    [Fact]
    public async Task A_secret_posted_to_the_authorization_endpoint_does_not_come_back_in_a_url()
    {
        using var content = new FormUrlEncodedContent([.. new Flow().Parameters, new("client_secret", "kos_leaky"), new("password", "leaky"), new("flow", "leaky")]);

        using var answer = await server.KOauth.Http.PostAsync("/oauth/authorize", content);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.DoesNotContain("leaky", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("code_challenge_method")]
    [InlineData("resource")]
    [InlineData("redirect_uri")]
    [InlineData("response_type")]
    public async Task A_stranger_does_not_fill_the_stories_with_long_words(string parameter)
    {
        using var browser = server.KOauth.OpenBrowser();
        await browser.OpenAsync(new Flow().With(parameter, new string('x', 20_000)).Url);

        Assert.All(server.KOauth.Told[^1].Details, fact => Assert.InRange(fact.Value.Length, 0, 2_600));
    }

    [Fact]
    public async Task A_content_type_is_not_kept_whole()
    {
        using var content = new ByteArrayContent([]);
        content.Headers.TryAddWithoutValidation("Content-Type", new string('x', 20_000));
        using var answer = await server.KOauth.Http.PostAsync("/oauth/token", content);

        Assert.All(server.KOauth.Told[^1].Details, fact => Assert.InRange(fact.Value.Length, 0, 2_600));
    }

    [Theory]
    [InlineData("prompt", "none")]
    [InlineData("prompt", "none consent")]
    [InlineData("max_age", "0")]
    [InlineData("max_age", "4294967295")]
    [InlineData("login_hint", "bob@example.test")]
    [InlineData("id_token_hint", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJib2IifQ.")]
    public async Task No_parameter_signs_anybody_in(string name, string value)
    {
        using var browser = server.KOauth.OpenBrowser();
        await browser.OpenAsync(new Flow().With(name, value).Url);

        Assert.False(browser.Carried.ContainsKey("code"));
    }

    [Fact]
    public async Task A_ticket_is_no_code_and_a_code_no_ticket()
    {
        var koauth = server.KOauth;
        using var browser = koauth.OpenBrowser();
        var flow = new Flow();
        await browser.OpenAsync(flow.Url);
        var ticket = Browser.Query(browser.Location)["flow"];
        var code = await browser.CodeAsync(flow);
        var pushed = (await koauth.PushAsync(flow)).RequestUri!;

        Assert.Equal("invalid_grant", (await koauth.RedeemAsync(flow, ticket)).Error);
        Assert.Equal("invalid_grant", (await koauth.RedeemAsync(flow, pushed.Split(':')[^1])).Error);
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(code)).Error);
        foreach (var flowText in new[] { code, pushed.Split(':')[^1] })
        {
            await browser.OpenAsync($"/oauth/authorize?flow={flowText}");
            Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        }

        foreach (var requestUri in new[] { ticket, code })
        {
            await browser.OpenAsync(FlowSteps.PushedUrl($"urn:ietf:params:oauth:request_uri:{requestUri}"));
            Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        }

        Assert.Null((await koauth.RedeemAsync(flow, code)).Error);
    }

    /// <summary>The rest of a request that would be all right, so that the nasty part is reached.</summary>
    private static string Honest(string path, string except)
    {
        var form = new Dictionary<string, string>(path == "/oauth/par" ? new Flow().Parameters : [])
        {
            ["client_id"] = "app",
            ["client_secret"] = KOauthApp.SecretOf("app"),
        };
        if (path == "/oauth/token")
        {
            form["grant_type"] = except switch
            {
                "code" or "code_verifier" or "redirect_uri" => GrantTypeNames.AuthorizationCode,
                "device_code" => GrantTypeNames.DeviceCode,
                "assertion" => GrantTypeNames.JwtBearer,
                "subject_token" or "subject_token_type" or "requested_token_type" or "actor_token" or "audience" => GrantTypeNames.TokenExchange,
                "scope" or "resource" => GrantTypeNames.ClientCredentials,
                _ => GrantTypeNames.RefreshToken,
            };
            form["code"] = form["refresh_token"] = form["device_code"] = form["subject_token"] = form["assertion"] = "x";
            form["subject_token_type"] = "urn:ietf:params:oauth:token-type:access_token";
        }

        form.Remove(except);
        return string.Concat(form.Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value)}&"));
    }
}
