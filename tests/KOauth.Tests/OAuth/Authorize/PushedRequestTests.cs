using System.Net;

namespace KOauth.Tests.OAuth.Authorize;

/// <summary>Requests that the client sends ahead (RFC 9126): what is accepted, for whom, how long, and how often.</summary>
public sealed class PushedRequestTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pushed_request_becomes_a_connection(bool isPublic)
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic);
        using var browser = koauth.OpenBrowser();
        var flow = new Flow().With("scope", "notes:read openid").With("nonce", "n-0S6_WzA2Mj");

        var pushed = await koauth.PushAsync(flow, isPublic);
        Assert.Equal((HttpStatusCode.Created, 60), (pushed.Status, pushed.Json.GetProperty("expires_in").GetInt32()));
        Assert.Equal("no-store", pushed.Response.Headers.CacheControl!.ToString());
        Assert.False(pushed.Response.Headers.Contains("Set-Cookie"));
        Assert.StartsWith("urn:ietf:params:oauth:request_uri:", pushed.RequestUri, StringComparison.Ordinal);
        await SignInAndApproveAsync(browser, FlowSteps.PushedUrl(pushed.RequestUri!));

        Assert.Equal((flow.State, KOauthApp.Issuer), (browser.Carried["state"], browser.Carried["iss"]));
        var tokens = await koauth.RedeemAsync(flow, browser.Carried["code"], isPublic);
        Assert.Equal("openid notes:read", tokens.Scope);
        Assert.Equal("n-0S6_WzA2Mj", new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(tokens.IdToken).GetClaim("nonce").Value);
        Assert.Single(koauth.Told.Select(e => e.Story).Distinct());
        Assert.Equal("authorize.pushed", koauth.Told[0].Name);
    }

    [Fact]
    public async Task A_client_may_name_itself_in_the_header_alone()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/par")
        {
            Content = new FormUrlEncodedContent(new Flow().With("client_id", null).Parameters),
        };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"app:{KOauthApp.SecretOf("app")}")));

        Assert.NotNull((await TokenReply.ReadAsync(await koauth.Http.SendAsync(request))).RequestUri);
    }

    [Theory]
    [InlineData("redirect_uri", "https://evil.test/cb", "redirect_uri_mismatch", "invalid_request")]
    [InlineData("redirect_uri", KOauthApp.Callback + "/", "redirect_uri_mismatch", "invalid_request")]
    [InlineData("code_challenge", null, "pkce_missing", "invalid_request")]
    [InlineData("code_challenge_method", "plain", "pkce_method_unsupported", "invalid_request")]
    [InlineData("response_type", "token", "response_type_unsupported", "unsupported_response_type")]
    [InlineData("resource", "https://unknown.example/", "resource_unknown", "invalid_target")]
    [InlineData("scope", "unknown", "scope_empty", "invalid_scope")]
    [InlineData("request", "eyJhbGciOiJub25lIn0.e30.", "request_object_unsupported", "request_not_supported")]
    [InlineData("request_uri", "https://x.example/", "pushed_request_nested", "invalid_request")]
    [InlineData("request_uri", "", "pushed_request_nested", "invalid_request")]
    [InlineData("client_id", null, "client_id_missing", "invalid_request")]
    public async Task What_is_wrong_is_told_when_it_is_pushed(string parameter, string? value, string reason, string error)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        var reply = await koauth.PushAsync(new Flow().With(parameter, value));

        Assert.Equal((HttpStatusCode.BadRequest, error), (reply.Status, reply.Error));
        Assert.Equal((reason, "authorize.refused"), (koauth.Told[^1].Reason, koauth.Told[^1].Name));
    }

    [Theory]
    [InlineData("client_secret", "kos_wrong", "secret_wrong")]
    [InlineData("client_secret", null, "secret_missing")]
    [InlineData("client_id", "nobody", "client_unknown")]
    public async Task Only_the_client_itself_can_push(string parameter, string? value, string reason)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        var reply = await koauth.PushAsync(
            new Flow().With("client_secret", KOauthApp.SecretOf("app")).With(parameter, value), isPublic: true);

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (reply.Status, reply.Error));
        Assert.Equal(reason, koauth.Told[^1].Reason);
    }

    [Fact]
    public async Task A_parameter_pushed_twice_or_in_the_query_is_refused()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        Assert.Equal("invalid_request", (await koauth.PushAsync(new Flow().And("state", "x"))).Error);
        Assert.Equal("parameter_repeated", koauth.Told[^1].Reason);
        using var empty = new FormUrlEncodedContent([]);
        using var query = await koauth.Http.PostAsync(new Flow().Url.Replace("/authorize", "/par", StringComparison.Ordinal), empty);
        Assert.Equal("parameters_in_query", koauth.Told[^1].Reason);
    }

    [Fact]
    public async Task A_request_that_would_fit_into_no_url_is_refused()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var honest = await koauth.PushAsync(new Flow().With("state", new string('s', 8192)));
        Assert.InRange(FlowSteps.PushedUrl(honest.RequestUri!).Length, 8192, 30_000);

        var flow = new Flow();
        for (var i = 0; i < 20; i++)
        {
            flow.And("resource", $"{KOauthApp.NotesUri}{new string('/', 1)}");
        }

        Assert.Equal("invalid_request", (await koauth.PushAsync(flow.With("login_hint", new string('h', 25_000)))).Error);
        Assert.Equal("request_too_large", koauth.Told[^1].Reason);
    }

    [Fact]
    public async Task The_secret_is_not_in_the_request_uri_and_nothing_is_written()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var pushed = await koauth.PushAsync(new Flow());
        var sealer = (KOauth.Keys.Sealer)koauth.Services.GetService(typeof(KOauth.Keys.Sealer))!;

        Assert.True(sealer.TryOpen(KOauth.Keys.SealPurpose.PushedRequest, pushed.RequestUri!["urn:ietf:params:oauth:request_uri:".Length..], out var content));
        Assert.DoesNotContain(KOauthApp.SecretOf("app"), System.Text.Encoding.UTF8.GetString(content), StringComparison.Ordinal);
        await using var db = koauth.OpenDatabase();
        Assert.Empty(db.Grants);
        Assert.Empty(db.AnsweredFlows);
    }

    [Fact]
    public async Task After_a_minute_the_client_is_told_to_push_again()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        var flow = new Flow();
        var pushed = await koauth.PushAsync(flow);

        koauth.Clock.Advance(TimeSpan.FromSeconds(61));
        await browser.OpenAsync(FlowSteps.PushedUrl(pushed.RequestUri!));

        Assert.Equal(("invalid_request_uri", flow.State), (browser.Carried["error"], browser.Carried["state"]));
        Assert.Equal("pushed_request_expired", koauth.Told[^1].Reason);
    }

    [Fact]
    public async Task The_request_uri_of_another_client_is_refused_on_our_page()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddClientAsync("other");
        var pushed = await koauth.PushAsync(new Flow());

        await IsRefusedOnOurPageAsync(koauth, FlowSteps.PushedUrl(pushed.RequestUri!, "other"), "pushed_request_of_another_client");
    }

    [Fact]
    public async Task The_request_uri_of_a_client_deleted_and_registered_anew_is_worth_nothing()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        var pushed = await koauth.PushAsync(new Flow());
        await koauth.ChangeAsync(async db => db.Clients.Remove(await Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.SingleAsync(db.Clients)));
        await koauth.AddClientAsync("another-first"); // SQLite gives the key of the last row again
        await koauth.AddClientAsync("app");

        await browser.OpenAsync(FlowSteps.PushedUrl(pushed.RequestUri!));

        Assert.Equal("pushed_request_of_another_client", koauth.Told[^1].Reason);
        Assert.Equal("invalid_request_uri", browser.Carried["error"]);
    }

    [Fact]
    public async Task A_changed_request_uri_is_refused_on_our_page()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var requestUri = (await koauth.PushAsync(new Flow())).RequestUri!;
        var changed = requestUri[..^1] + (requestUri[^1] == 'A' ? 'Q' : 'A');

        foreach (var bad in new[] { changed, requestUri[..60], "urn:ietf:params:oauth:request_uri:" })
        {
            await IsRefusedOnOurPageAsync(koauth, FlowSteps.PushedUrl(bad), "pushed_request_unreadable");
        }
    }

    [Fact]
    public async Task A_sealed_text_for_another_use_is_no_request_uri()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        await browser.OpenAsync(new Flow().Url);

        await IsRefusedOnOurPageAsync(
            koauth, FlowSteps.PushedUrl("urn:ietf:params:oauth:request_uri:" + browser.Field("flow")), "pushed_request_unreadable");
    }

    [Theory]
    [InlineData("urn:ietf:params:oauth:request-uri:x")]
    [InlineData("https://app.example.test/request.jwt")]
    [InlineData("http://169.254.169.254/")]
    [Trait("check", "AZ-27")]
    public async Task A_request_uri_that_was_not_pushed_here_is_refused_and_never_fetched(string requestUri)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync(new Flow().With("request_uri", requestUri).Url);

        Assert.Equal("request_uri_not_supported", browser.Carried["error"]);
    }

    [Fact]
    public async Task A_client_switched_off_in_between_is_told_on_our_page()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var pushed = await koauth.PushAsync(new Flow());
        await koauth.ChangeClientAsync("app", c => c.Active = false);

        await IsRefusedOnOurPageAsync(koauth, FlowSteps.PushedUrl(pushed.RequestUri!), "client_inactive");
    }

    [Fact]
    public async Task A_redirect_uri_removed_in_between_is_not_used_any_more()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var pushed = await koauth.PushAsync(new Flow());
        await koauth.ChangeClientAsync("app", c => c.RedirectUris = ["https://app.example.test/new"]);

        await IsRefusedOnOurPageAsync(koauth, FlowSteps.PushedUrl(pushed.RequestUri!), "redirect_uri_mismatch");
    }

    [Fact]
    public async Task Other_parameters_beside_the_request_uri_mean_nothing()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        var flow = new Flow().With("scope", "notes:read");
        var pushed = await koauth.PushAsync(flow);

        await SignInAndApproveAsync(
            browser, FlowSteps.PushedUrl(pushed.RequestUri!) + "&scope=notes:write&redirect_uri=https%3A%2F%2Fevil.test%2F&state=evil&prompt=none");

        Assert.Equal(flow.State, browser.Carried["state"]);
        Assert.StartsWith(KOauthApp.Callback, browser.Location.ToString(), StringComparison.Ordinal);
        Assert.Equal("notes:read", (await koauth.RedeemAsync(flow, browser.Carried["code"])).Scope);
    }

    [Fact]
    public async Task A_request_uri_named_twice_or_without_its_client_is_refused_on_our_page()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var pushed = await koauth.PushAsync(new Flow());
        var url = FlowSteps.PushedUrl(pushed.RequestUri!);

        await IsRefusedOnOurPageAsync(koauth, url + "&request_uri=x", "parameter_repeated");
        await IsRefusedOnOurPageAsync(koauth, url.Replace("client_id=app&", "", StringComparison.Ordinal), "client_id_missing");
    }

    [Fact]
    public async Task A_pushed_request_may_be_loaded_again_but_becomes_one_connection()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync("alice@example.test", KOauthApp.Password);
        var flow = new Flow();
        var url = FlowSteps.PushedUrl((await koauth.PushAsync(flow)).RequestUri!);
        await browser.OpenAsync(url);
        await browser.OpenAsync(url);
        await browser.SubmitAsync("approve");
        var code = browser.Carried["code"];
        await browser.OpenAsync(url); // remembered by now, so a second code comes at once
        var second = browser.Carried["code"];
        var tokens = await koauth.RedeemAsync(flow, code);

        Assert.Equal("invalid_grant", (await koauth.RedeemAsync(flow, second)).Error);
        await IsRefusedOnOurPageAsync(koauth, url, "ticket_spent");
        Assert.Null((await koauth.RefreshAsync(tokens.RefreshToken!)).Error);
    }

    [Fact]
    public async Task A_pushed_request_that_the_person_denied_stays_denied()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync("alice@example.test", KOauthApp.Password);
        var url = FlowSteps.PushedUrl((await koauth.PushAsync(new Flow())).RequestUri!);
        await browser.OpenAsync(url);
        await browser.SubmitAsync("deny");
        Assert.Equal("access_denied", browser.Carried["error"]);

        await IsRefusedOnOurPageAsync(koauth, url, "ticket_spent");
    }

    [Fact]
    public async Task A_client_that_must_push_cannot_do_without()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: c => c.RequiresPushedRequests = true);
        using var browser = koauth.OpenBrowser();
        await browser.OpenAsync(new Flow().Url);
        Assert.Equal("invalid_request", browser.Carried["error"]);
        Assert.Equal("pushed_request_required", koauth.Told[^1].Reason);

        await SignInAndApproveAsync(browser, FlowSteps.PushedUrl((await koauth.PushAsync(new Flow())).RequestUri!));
        Assert.NotEmpty(browser.Carried["code"]);
    }

    [Fact]
    public async Task A_client_without_the_code_grant_can_neither_push_nor_ask()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: c => c.GrantTypes = ["refresh_token"]);
        using var browser = koauth.OpenBrowser();

        Assert.Equal("unauthorized_client", (await koauth.PushAsync(new Flow())).Error);
        await browser.OpenAsync(new Flow().Url);
        Assert.Equal("unauthorized_client", browser.Carried["error"]);
    }

    private static async Task SignInAndApproveAsync(Browser browser, string url)
    {
        await browser.OpenAsync(url);
        await browser.SubmitAsync(null, ("email", "alice@example.test"), ("password", KOauthApp.Password));
        await browser.SubmitAsync("approve");
        Assert.Null(browser.Page);
    }

    private static async Task IsRefusedOnOurPageAsync(KOauthApp koauth, string url, string reason)
    {
        using var browser = koauth.OpenBrowser();
        await browser.OpenAsync(url);
        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        Assert.NotNull(browser.Page);
        Assert.Equal(reason, koauth.Told[^1].Reason);
    }
}
