using System.Net;
using System.Net.Http.Headers;
using System.Text;
using KOauth.Clients;

namespace KOauth.Tests.OAuth.Token;

/// <summary>Who may use the token endpoint, and what everybody else is told.</summary>
public sealed class ClientAuthenticationTests
{
    private static readonly string _secret = KOauthApp.SecretOf("app");

    [Fact]
    [Trait("check", "TK-19")]
    [Trait("check", "A-36")]
    public async Task Basic_and_post_are_the_same_for_a_client_with_a_secret()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        foreach (var method in new[] { "client_secret_post", "client_secret_basic" })
        {
            await koauth.ChangeClientAsync("app", c => c.AuthMethod = method);
            var (byBasic, byPost) = (new Flow(), new Flow());

            var basic = await koauth.TokenAsync($"app:{_secret}", Form(byBasic, await browser.CodeAsync(byBasic)));
            var post = await koauth.RedeemAsync(byPost, await browser.CodeAsync(byPost));

            Assert.Null(basic.Error);
            Assert.Null(post.Error);
        }
    }

    [Fact]
    [Trait("check", "A-36")]
    [Trait("check", "RF-01")]
    public async Task A_public_client_proves_nothing_and_an_empty_secret_is_none()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic: true);
        using var browser = koauth.OpenBrowser();
        var (plain, empty, basic) = (new Flow(), new Flow(), new Flow());

        Assert.Null((await koauth.RedeemAsync(plain, await browser.CodeAsync(plain), isPublic: true)).Error);
        Assert.Null((await koauth.RedeemAsync(empty, await browser.CodeAsync(empty), changes: ("client_secret", ""))).Error);
        Assert.Null((await koauth.TokenAsync("app:", Form(basic, await browser.CodeAsync(basic)))).Error);
    }

    [Fact]
    [Trait("check", "TK-13")]
    public async Task Credentials_in_header_and_body_are_refused() =>
        await ExpectAsync("invalid_request", 400, $"app:{_secret}", ("client_secret", _secret));

    [Fact]
    [Trait("check", "TK-14")]
    public async Task The_client_id_of_the_body_must_be_that_of_the_header()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddClientAsync("other");
        using var browser = koauth.OpenBrowser();
        var flow = new Flow();
        var code = await browser.CodeAsync(flow);

        var contradicting = await koauth.TokenAsync($"app:{_secret}", [.. Form(flow, code), ("client_id", "other")]);
        var same = await koauth.TokenAsync($"app:{_secret}", [.. Form(flow, code), ("client_id", "app")]);

        Assert.Equal("invalid_client", contradicting.Error);
        Assert.Null(same.Error);
    }

    [Theory]
    [InlineData("my.app~1", "my.app~1", "s+e%c:r e")]
    [InlineData("my.app~1", "my.app%7E1", "s%2Be%25c%3Ar+e")]
    [Trait("check", "TK-15")]
    public async Task Basic_is_read_form_encoded_and_raw(string id, string sentId, string sentSecret)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddClientAsync(id, change: c => c.Secrets = [new ClientSecret(ClientSecrets.Hash("s+e%c:r e"), "r e", koauth.Clock.GetUtcNow(), null)]);
        using var browser = koauth.OpenBrowser();
        var flow = new Flow(id);

        Assert.Null((await koauth.TokenAsync($"{sentId}:{sentSecret}", Form(flow, await browser.CodeAsync(flow)))).Error);
    }

    [Theory]
    [InlineData("Basic", "app", 401)]
    [InlineData("Basic", "", 401)]
    [InlineData("Bearer", "app:x", 401)]
    [InlineData("Basic", "nobody:x", 401)]
    [InlineData("Basic", "app:wrong", 401)]
    [Trait("check", "TK-16")]
    [Trait("check", "A-41")]
    public async Task A_header_that_proves_nobody_is_answered_with_a_challenge(string scheme, string credentials, int status)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token") { Content = new FormUrlEncodedContent([new("grant_type", "refresh_token")]) };
        request.Headers.TryAddWithoutValidation("Authorization", $"{scheme} {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}");

        using var response = await koauth.Http.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("Basic", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
    }

    [Fact]
    [Trait("check", "TK-16")]
    public async Task The_scheme_may_be_in_any_case_and_rubbish_is_no_crash()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        var flow = new Flow();
        foreach (var (header, works) in new[]
        {
            ($"basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"app:{_secret}"))}", true),
            ("Basic ***", false),
            ("Basic", false),
            ("Basic /w==", false),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token")
            {
                Content = new FormUrlEncodedContent(Form(flow, await browser.CodeAsync(flow)).Select(p => KeyValuePair.Create(p.Item1, p.Item2))),
            };
            request.Headers.TryAddWithoutValidation("Authorization", header);

            using var response = await koauth.Http.SendAsync(request);

            Assert.Equal(works ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Fact]
    [Trait("check", "TK-17")]
    [Trait("check", "RF-10")]
    public async Task A_client_with_a_secret_must_send_it()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        using var browser = koauth.OpenBrowser();
        var flow = new Flow();

        var code = await koauth.RedeemAsync(flow, await browser.CodeAsync(flow), isPublic: true);
        var refresh = await koauth.RefreshAsync(tokens.RefreshToken!, isPublic: true);

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (code.Status, code.Error));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (refresh.Status, refresh.Error));
        Assert.Equal("secret_missing", koauth.Told[^1].Reason);
        Assert.Contains("registered for client_secret_post", koauth.Told[^1].Fact("expected"));
    }

    [Fact]
    [Trait("check", "TK-18")]
    [Trait("check", "A-36")]
    public async Task A_public_client_that_sends_a_secret_is_told_so()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic: true);

        var reply = await koauth.TokenAsync(("grant_type", "refresh_token"), ("client_id", "app"), ("client_secret", "kos_x"));

        Assert.Equal("invalid_client", reply.Error);
        Assert.Equal("This client is public; send no secret.", reply.Json.GetProperty("error_description").GetString());
    }

    [Fact]
    [Trait("check", "TK-32")]
    public async Task An_unknown_client_is_invalid_client_so_that_it_registers_anew()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        var reply = await koauth.TokenAsync(("grant_type", "refresh_token"), ("client_id", "App"), ("client_secret", _secret), ("refresh_token", "kor_x"));

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (reply.Status, reply.Error));
        Assert.Contains("nearest: app", koauth.Told[^1].Fact("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_typed_as_the_id_is_recognised_and_never_kept()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        await koauth.TokenAsync(("grant_type", "refresh_token"), ("client_id", _secret), ("client_secret", "app"));

        Assert.Equal("secret_as_client_id", koauth.Told[^1].Reason);
        Assert.DoesNotContain(_secret, koauth.Told[^1].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("check", "TK-23")]
    public async Task A_grant_type_the_client_is_not_registered_for_is_refused()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: c => c.GrantTypes = ["authorization_code"]);

        var reply = await koauth.TokenAsync(("grant_type", "refresh_token"), ("client_id", "app"), ("client_secret", _secret), ("refresh_token", "kor_x"));

        Assert.Equal("unauthorized_client", reply.Error);
        Assert.Null((await koauth.ConnectAsync()).RefreshToken);
    }

    [Theory]
    [InlineData("application/json", "{\"grant_type\":\"refresh_token\"}")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nrefresh_token\r\n--x--\r\n")]
    [InlineData("application/json, application/x-www-form-urlencoded", "grant_type=refresh_token")]
    [InlineData(null, "grant_type=refresh_token")]
    [Trait("check", "TK-25")]
    [Trait("check", "A-41")]
    public async Task Only_a_form_is_read(string? type, string body)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (type is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        var reply = await TokenReply.ReadAsync(await koauth.Http.PostAsync("/oauth/token", content));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (reply.Status, reply.Error));
    }

    [Fact]
    [Trait("check", "TK-25")]
    public async Task A_form_may_name_its_charset()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var content = new StringContent($"grant_type=refresh_token&client_id=app&client_secret={_secret}&refresh_token=x");
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded; charset=utf-8");

        Assert.Equal("invalid_grant", (await TokenReply.ReadAsync(await koauth.Http.PostAsync("/oauth/token", content))).Error);
    }

    [Fact]
    [Trait("check", "TK-27")]
    public async Task Parameters_in_the_query_are_refused_and_not_repeated_anywhere()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var content = new FormUrlEncodedContent([]);

        var reply = await TokenReply.ReadAsync(await koauth.Http.PostAsync($"/oauth/token?grant_type=refresh_token&client_id=app&client_secret={_secret}", content));

        Assert.Equal("invalid_request", reply.Error);
        Assert.DoesNotContain(koauth.Told, e => e.ToString().Contains(_secret, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("HEAD")]
    [Trait("check", "TK-28")]
    public async Task Only_post_is_answered(string method)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        using var response = await koauth.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/oauth/token"));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Contains("POST", response.Content.Headers.Allow);
    }

    [Fact]
    [Trait("check", "TK-41")]
    public async Task Method_overrides_are_ignored()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/oauth/token");
        request.Headers.Add("X-HTTP-Method-Override", "POST");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await koauth.Http.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("/oauth/token/")]
    [InlineData("//oauth/token")]
    [InlineData("/oauth//token")]
    [Trait("check", "TK-43")]
    public async Task Other_spellings_of_the_path_are_never_redirected(string path)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var content = new FormUrlEncodedContent([new("grant_type", "refresh_token")]);

        using var response = await koauth.Http.PostAsync(new Uri(KOauthApp.Issuer + path), content);

        Assert.DoesNotContain((int)response.StatusCode, new[] { 301, 302, 307, 308 });
    }

    [Theory]
    [InlineData("grant_type", "refresh_token")]
    [InlineData("code", "x")]
    [InlineData("client_id", "app")]
    public async Task A_parameter_that_comes_twice_is_refused(string name, string value)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        var reply = await koauth.TokenAsync(("grant_type", "authorization_code"), ("client_id", "app"), ("code", "y"), (name, value));

        Assert.Equal("invalid_request", reply.Error);
        Assert.Equal("parameter_repeated", koauth.Told[^1].Reason);
    }

    private static async Task ExpectAsync(string error, int status, string basic, params (string, string)[] form)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var reply = await koauth.TokenAsync(basic, [("grant_type", "refresh_token"), .. form]);
        Assert.Equal((status, error), ((int)reply.Status, reply.Error));
    }

    private static (string, string)[] Form(Flow flow, string code) =>
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", flow.RedirectUri), ("code_verifier", flow.Verifier)];
}
