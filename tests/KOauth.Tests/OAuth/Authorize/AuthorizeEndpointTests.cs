using System.Net;
using KOauth.Protocol;

namespace KOauth.Tests.OAuth.Authorize;

/// <summary>What is refused on our own page, what goes to the client, and what is accepted.</summary>
public sealed class AuthorizeEndpointTests
{
    private const string Registered = KOauthApp.Callback;

    [Theory]
    [InlineData("https://evil.test/cb")]
    [InlineData(Registered + "/extra")]
    [InlineData(Registered + "x")]
    [Trait("check", "AZ-04")]
    public Task Another_redirect_uri_is_refused_on_our_page(string redirectUri) => IsRefusedOnOurPageAsync(redirectUri);

    [Theory]
    [InlineData("https://app.example.test.evil.test/cb")]
    [InlineData("https://appXexample.test/cb")]
    [Trait("check", "AZ-05")]
    public Task A_host_that_looks_alike_is_refused_on_our_page(string redirectUri) => IsRefusedOnOurPageAsync(redirectUri);

    [Theory]
    [InlineData("https://app.example.test@evil.test/cb")]
    [InlineData("https://a@b@evil.test/cb")]
    [InlineData("https://app.example.test:x@evil.test/cb")]
    [Trait("check", "AZ-06")]
    public Task A_user_name_before_the_host_is_refused_on_our_page(string redirectUri) => IsRefusedOnOurPageAsync(redirectUri);

    [Theory]
    [InlineData(Registered + "/../x")]
    [InlineData(Registered + "/..%2f..%2fx")]
    [InlineData(Registered + "/%252e%252e")]
    [InlineData(Registered + "/..;/x")]
    [InlineData(Registered + "//")]
    [Trait("check", "AZ-07")]
    public Task A_path_that_climbs_is_refused_on_our_page(string redirectUri) => IsRefusedOnOurPageAsync(redirectUri);

    [Theory]
    [InlineData("HTTPS://APP.EXAMPLE.TEST/cb")]
    [InlineData("https://app.example.test/CB")]
    [Trait("check", "AZ-08")]
    public Task Another_case_is_another_redirect_uri(string redirectUri) => IsRefusedOnOurPageAsync(redirectUri);

    [Theory]
    [InlineData("https://app.example.test:443/cb")]
    [InlineData(Registered + "/")]
    [InlineData("https://app.example.test./cb")]
    [Trait("check", "AZ-09")]
    public Task A_port_a_slash_or_a_dot_is_another_redirect_uri(string redirectUri) => IsRefusedOnOurPageAsync(redirectUri);

    [Theory]
    [InlineData(Registered + "#x")]
    [InlineData(Registered + "%23x")]
    [Trait("check", "AZ-11")]
    public Task A_fragment_is_refused_on_our_page(string redirectUri) => IsRefusedOnOurPageAsync(redirectUri);

    [Theory]
    [InlineData("https://app.example.test\\@evil.test/cb")]
    [InlineData("https://app.example.test/cb\t")]
    [InlineData("https://app.example.test/cb\r\nSet-Cookie:a=b")]
    [InlineData("https://app.example.test/cb%0d%0aSet-Cookie:a=b")]
    [InlineData("https://app.example.test/cb\0")]
    [Trait("check", "AZ-12")]
    public Task Controls_and_backslashes_are_refused_on_our_page(string redirectUri) => IsRefusedOnOurPageAsync(redirectUri);

    [Theory]
    [InlineData("https://аpp.example.test/cb")]
    [InlineData("https://ａｐｐ.example.test/cb")]
    [InlineData("https://app。example.test/cb")]
    [InlineData("https://%61pp.example.test/cb")]
    [Trait("check", "AZ-13")]
    public Task Foreign_letters_in_the_host_are_refused_on_our_page(string redirectUri) => IsRefusedOnOurPageAsync(redirectUri);

    [Theory]
    [InlineData("https://app.example.test:8443/cb")]
    [Trait("check", "AZ-16")]
    public Task The_port_is_free_on_loopback_only(string redirectUri) => IsRefusedOnOurPageAsync(redirectUri);

    [Theory]
    [InlineData(Registered + "?code=attacker&state=x")]
    [Trait("check", "AZ-56")]
    public Task A_redirect_uri_that_brings_its_own_code_is_refused_on_our_page(string redirectUri) => IsRefusedOnOurPageAsync(redirectUri);

    [Fact]
    [Trait("check", "AZ-01")]
    [Trait("check", "A-30")]
    public async Task An_unknown_client_is_told_on_our_page_before_any_sign_in()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync(new Flow("nobody").Url);

        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        Assert.Matches("K[A-Z2-9]{6}", browser.Text);
        Assert.Equal("client_unknown", koauth.Told[^1].Reason);
        Assert.DoesNotContain(koauth.Told, e => e.ToString().Contains("nobody", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://app.example.test/cb?a=b", "https://app.example.test/cb?a=b", true)]
    [InlineData("https://app.example.test/cb", "https://app.example.test/cb?a=b", false)]
    [InlineData("https://app.example.test/cb?a=b", "https://app.example.test/cb?a=c", false)]
    [Trait("check", "AZ-10")]
    public async Task A_registered_query_is_part_of_the_redirect_uri(string registered, string requested, bool accepted)
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: c => c.RedirectUris = [registered]);
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync(new Flow("app", requested).Url);

        Assert.Equal(accepted ? HttpStatusCode.OK : HttpStatusCode.BadRequest, browser.Status);
        if (accepted)
        {
            var carried = await browser.ApproveAsync(new Flow("app", requested));
            Assert.Equal("b", carried["a"]);
            Assert.NotEmpty(carried["code"]);
        }
    }

    [Theory]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:53111/callback", true)]
    [InlineData("http://localhost/callback", "http://localhost/callback", true)]
    [InlineData("http://localhost/callback", "http://localhost:53111/callback", true)]
    [InlineData("http://[::1]/callback", "http://[::1]:53111/callback", true)]
    [InlineData("http://127.0.0.1:33418/", "http://127.0.0.1:5000/", true)]
    [InlineData("http://127.0.0.1/callback", "http://localhost:53111/callback", false)]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:53111/other", false)]
    [Trait("check", "AZ-14")]
    [Trait("check", "A-09")]
    public async Task A_program_on_the_device_may_use_any_port(string registered, string requested, bool accepted)
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic: true, c => c.RedirectUris = [registered]);
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync(new Flow("app", requested).Url);

        Assert.Equal(accepted ? HttpStatusCode.OK : HttpStatusCode.BadRequest, browser.Status);
    }

    [Fact]
    [Trait("check", "AZ-17")]
    public async Task A_redirect_uri_changed_in_the_database_opens_no_door()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.ChangeClientAsync("app", c => c.RedirectUris = ["javascript:alert(1)"]);

        await IsRefusedOnOurPageAsync("javascript:alert(1)", koauth);
    }

    [Theory]
    [InlineData("client_id", "app")]
    [InlineData("client_id", "other")]
    [InlineData("redirect_uri", "https://evil.test/cb")]
    [InlineData("redirect_uri", Registered)]
    [Trait("check", "AZ-18")]
    public async Task A_client_or_redirect_uri_named_twice_is_refused_on_our_page(string name, string second)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync(new Flow().And(name, second).Url);

        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        Assert.Equal("parameter_repeated", koauth.Told[^1].Reason);
    }

    [Theory]
    [InlineData("state", "invalid_request")]
    [InlineData("scope", "invalid_request")]
    [InlineData("response_type", "invalid_request")]
    [InlineData("code_challenge", "invalid_request")]
    [Trait("check", "AZ-19")]
    public async Task Any_other_parameter_named_twice_is_told_to_the_client(string name, string error)
    {
        var flow = new Flow().With("scope", "notes:read").And(name, "x");
        var carried = await RefusedByRedirectAsync(flow);

        Assert.Equal(error, carried["error"]);
        Assert.Equal(name != "state", carried.ContainsKey("state"));
    }

    [Fact]
    [Trait("check", "AZ-20")]
    public async Task Query_and_body_are_never_mixed()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();

        await browser.PostAsync($"{KOauthApp.Issuer}/oauth/authorize?client_id=app", new Flow("other").Parameters);

        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
    }

    [Theory]
    [InlineData("token")]
    [InlineData("id_token")]
    [InlineData("code token")]
    [InlineData("code id_token")]
    [Trait("check", "AZ-22")]
    public async Task Only_the_code_flow_exists(string responseType)
    {
        var carried = await RefusedByRedirectAsync(new Flow().With("response_type", responseType));

        Assert.Equal("unsupported_response_type", carried["error"]);
    }

    [Fact]
    [Trait("check", "AZ-23")]
    public async Task A_bad_redirect_uri_is_told_before_anything_else_that_is_wrong()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        await IsRefusedOnOurPageAsync("https://evil.test/cb", koauth, f => f.With("code_challenge", null).With("response_type", "token"));
    }

    [Fact]
    [Trait("check", "AZ-24")]
    public async Task Unknown_parameters_are_ignored()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();

        Assert.NotEmpty((await browser.ApproveAsync(new Flow().And("extra", "foobar")))["code"]);
    }

    [Theory]
    [InlineData("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported")]
    [InlineData("request_uri", "http://169.254.169.254/", "request_uri_not_supported")]
    [Trait("check", "AZ-27")]
    public async Task Request_objects_are_not_supported_and_never_fetched(string name, string value, string error)
    {
        Assert.Equal(error, (await RefusedByRedirectAsync(new Flow().With(name, value)))["error"]);
    }

    [Fact]
    [Trait("check", "AZ-28")]
    [Trait("check", "A-37")]
    public async Task Every_client_must_use_pkce()
    {
        foreach (var isPublic in new[] { true, false })
        {
            var carried = await RefusedByRedirectAsync(new Flow().With("code_challenge", null).With("code_challenge_method", null), isPublic);

            Assert.Equal("invalid_request", carried["error"]);
            Assert.False(carried.ContainsKey("code"));
        }
    }

    [Theory]
    [InlineData("plain", "AZ-29")]
    [InlineData(null, "AZ-30")]
    [InlineData("s256", "AZ-31")]
    [InlineData("S512", "AZ-31")]
    [InlineData("", "AZ-31")]
    [Trait("check", "AZ-29")]
    [Trait("check", "AZ-30")]
    [Trait("check", "AZ-31")]
    [Trait("check", "A-37")]
    public async Task The_only_challenge_method_is_S256(string? method, string row)
    {
        Assert.NotEmpty(row);
        Assert.Equal("invalid_request", (await RefusedByRedirectAsync(new Flow().With("code_challenge_method", method)))["error"]);
    }

    [Theory]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cMM")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c=")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw/cM")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw cM")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN")]
    [InlineData("")]
    [Trait("check", "AZ-32")]
    public async Task A_challenge_is_43_characters_of_base64url(string challenge)
    {
        Assert.Equal("invalid_request", (await RefusedByRedirectAsync(new Flow().With("code_challenge", challenge)))["error"]);
    }

    [Fact]
    [Trait("check", "AZ-33")]
    [Trait("check", "A-15")]
    public async Task Scopes_that_are_unknown_or_not_allowed_are_dropped_and_named_in_the_story()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: c => c.Scopes = ["notes:read", "openid"]);
        using var browser = koauth.OpenBrowser();
        var flow = new Flow().With("scope", "notes:read notes:write unknown");

        var reply = await koauth.RedeemAsync(flow, await browser.CodeAsync(flow));

        Assert.Equal("notes:read", reply.Scope);
        Assert.Equal("notes:write unknown", koauth.Told.Single(e => e.Name == "scopes.reduced").Fact("dropped"));
    }

    [Fact]
    [Trait("check", "AZ-33")]
    public async Task An_empty_scope_means_the_default_scopes_of_the_resource()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        Assert.Equal("notes:read notes:write", (await koauth.ConnectAsync(new Flow().With("scope", ""))).Scope);
        Assert.Equal("notes:read notes:write", (await koauth.ConnectAsync(new Flow())).Scope);
    }

    [Fact]
    [Trait("check", "AZ-34")]
    public async Task Offline_access_is_always_allowed()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: c => c.Scopes = ["notes:read"]);

        var reply = await koauth.ConnectAsync(new Flow().With("scope", "notes:read offline_access"));

        Assert.Equal("offline_access notes:read", reply.Scope);
        Assert.NotNull(reply.RefreshToken);
    }

    [Fact]
    [Trait("check", "AZ-35")]
    public async Task Codes_are_short_never_repeat_and_leave_nothing_behind_before_they_are_redeemed()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: c => c.Trusted = true);
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync("alice@example.test", KOauthApp.Password);
        var codes = new HashSet<string>();
        for (var i = 0; i < 200; i++)
        {
            var code = await browser.CodeAsync(new Flow().With("scope", "openid notes:read").With("nonce", new string('n', 130)));
            Assert.InRange(code.Length, 64, 512);
            Assert.True(codes.Add(code));
        }

        await using var db = koauth.OpenDatabase();
        Assert.Empty(db.Grants);
    }

    [Theory]
    [InlineData("https://other.example.test/mcp", "AZ-36")]
    [InlineData("/mcp", "AZ-37")]
    [InlineData(KOauthApp.NotesUri + "#x", "AZ-37")]
    [InlineData("http://notes.example.test/mcp", "AZ-37")]
    [InlineData("javascript:alert(1)", "AZ-37")]
    [Trait("check", "AZ-36")]
    [Trait("check", "AZ-37")]
    public async Task A_resource_that_is_not_registered_is_refused(string resource, string row)
    {
        Assert.NotEmpty(row);
        Assert.Equal("invalid_target", (await RefusedByRedirectAsync(new Flow().With("resource", resource)))["error"]);
    }

    [Fact]
    [Trait("check", "AZ-37")]
    public async Task Two_different_resources_are_refused()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddResourceAsync("https://files.example.test/mcp");
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync(new Flow().And("resource", "https://files.example.test/mcp").Url);

        Assert.Equal("invalid_target", browser.Carried["error"]);
    }

    [Theory]
    [InlineData("HTTPS://Notes.Example.Test/mcp")]
    [InlineData("https://notes.example.test:443/mcp")]
    [InlineData("https://notes.example.test/mcp/")]
    [Trait("check", "AZ-37")]
    [Trait("check", "A-42")]
    public async Task Spellings_of_one_resource_are_one_audience(string resource)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        var reply = await koauth.ConnectAsync(new Flow().With("resource", resource));

        Assert.Equal(KOauthApp.NotesUri, Assert.Single(reply.Access.Audiences));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(2048)]
    [Trait("check", "AZ-43")]
    public async Task State_comes_back_byte_for_byte(int length)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        foreach (var alphabet in new[] { "a=", "&%+ ", "äß✓" })
        {
            var state = string.Concat(Enumerable.Range(0, length).Select(i => alphabet[i % alphabet.Length]));

            Assert.Equal(state, (await browser.ApproveAsync(new Flow().With("state", state)))["state"]);
        }
    }

    [Fact]
    [Trait("check", "AZ-43")]
    public async Task No_state_is_given_back_when_none_was_sent()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();

        Assert.False((await browser.ApproveAsync(new Flow().With("state", null))).ContainsKey("state"));
    }

    [Fact]
    [Trait("check", "AZ-44")]
    [Trait("check", "A-25")]
    public async Task Every_answer_names_the_issuer_once()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();

        var success = await browser.ApproveAsync(new Flow());
        await browser.OpenAsync(new Flow().With("code_challenge", null).Url);

        Assert.Equal(KOauthApp.Issuer, success["iss"]);
        Assert.Equal(KOauthApp.Issuer, browser.Carried["iss"]);
    }

    [Fact]
    [Trait("check", "AZ-46")]
    public async Task Looking_ahead_and_looking_twice_burn_nothing()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: c => c.Trusted = true);
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync("alice@example.test", KOauthApp.Password);
        var flow = new Flow();
        using var head = await koauth.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, flow.Url));

        await browser.OpenAsync(flow.Url, ("Sec-Purpose", "prefetch;prerender"));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, head.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, browser.Status);
        Assert.DoesNotContain(koauth.Told, e => e.Name == "code.issued");
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("TRACE")]
    [InlineData("OPTIONS")]
    [Trait("check", "AZ-47")]
    public async Task Only_get_and_post_are_answered(string method)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        using var response = await koauth.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), new Flow().Url));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    [Trait("check", "AZ-48")]
    public async Task Oversized_requests_are_refused()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        var crowded = new Flow();
        for (var i = 0; i < 100; i++)
        {
            crowded.And($"p{i}", "x");
        }

        foreach (var flow in new[] { crowded, new Flow().With("scope", new string('s', 10_000)) })
        {
            await browser.OpenAsync(flow.Url);
            Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        }
    }

    [Fact]
    [Trait("check", "AZ-58")]
    public async Task The_same_request_works_as_a_form()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();

        await browser.PostAsync($"{KOauthApp.Issuer}/oauth/authorize", new Flow().Parameters, ("Origin", "https://app.example.test"));

        Assert.Equal("/account/login", browser.Location.AbsolutePath);
    }

    [Theory]
    [InlineData("http://claude.ai/oauth/callback", "http is only")]
    [InlineData("https://claude.com/oauth/callback", "host")]
    [InlineData("https://claude.ai/oauth/Callback", "upper and lower case")]
    [InlineData("https://claude.ai/oauth/callback/", "slash")]
    [InlineData("https://claude.ai/oauth/callback?x=1", "query")]
    [InlineData("https://claude.ai:8443/oauth/callback", "port")]
    [InlineData("https://claude.ai/oauth/%63allback", "path")]
    [Trait("check", "A-12")]
    public async Task The_story_names_what_differs_in_the_redirect_uri(string requested, string named)
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: c => c.RedirectUris = ["https://claude.ai/oauth/callback"]);

        await IsRefusedOnOurPageAsync(requested, koauth);

        Assert.Contains(named, koauth.Told[^1].Fact("detail"), StringComparison.Ordinal);
        Assert.Equal(requested, koauth.Told[^1].Fact("received"));
    }

    [Fact]
    [Trait("check", "AZ-38")]
    public async Task Prompt_none_asks_nobody_anything()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync(new Flow().With("prompt", "none").Url);
        Assert.Equal("login_required", browser.Carried["error"]);

        await browser.SignInAsync("alice@example.test", KOauthApp.Password);
        await browser.OpenAsync(KOauthApp.Issuer + new Flow().With("prompt", "none").Url);
        Assert.Equal("consent_required", browser.Carried["error"]);

        await browser.OpenAsync(KOauthApp.Issuer + new Flow().With("prompt", "none login").Url);
        Assert.Equal("invalid_request", browser.Carried["error"]);
    }

    private static async Task<IReadOnlyDictionary<string, string>> RefusedByRedirectAsync(Flow flow, bool isPublic = false)
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic);
        using var browser = koauth.OpenBrowser();
        await browser.OpenAsync(flow.Url);
        Assert.StartsWith(Registered, browser.Location.ToString());
        Assert.Empty(browser.Location.Fragment);
        Assert.Equal(KOauthApp.Issuer, browser.Carried["iss"]);
        Assert.False(browser.Carried.ContainsKey("code"));
        return browser.Carried;
    }

    private static async Task IsRefusedOnOurPageAsync(string redirectUri, KOauthApp? koauth = null, Func<Flow, Flow>? change = null)
    {
        await using var own = koauth is null ? await KOauthApp.StartReadyAsync() : null;
        koauth ??= own!;
        using var browser = koauth.OpenBrowser();
        var flow = new Flow("app", redirectUri);

        await browser.OpenAsync((change?.Invoke(flow) ?? flow).Url);

        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        Assert.NotNull(browser.Page);
        Assert.Null(browser.Response.Headers.Location);
        Assert.False(browser.Response.Headers.Contains("Set-Cookie"));
        Assert.Equal(nameof(Reasons.RedirectUriMismatch), ToPascal(koauth.Told[^1].Reason!));
    }

    private static string ToPascal(string id) => string.Concat(id.Split('_').Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
}
