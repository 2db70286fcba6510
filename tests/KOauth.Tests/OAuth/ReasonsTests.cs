using KOauth.Protocol;
using KOauth.Tests.House;

namespace KOauth.Tests.OAuth;

/// <summary>Every reason for a refusal can be provoked, and the story names it.</summary>
public sealed class ReasonsTests
{
    private static readonly string _secret = KOauthApp.SecretOf("app");

    [Theory]
    [InlineData("client_id_missing", "client_id", null)]
    [InlineData("redirect_uri_missing", "redirect_uri", null)]
    [InlineData("response_type_missing", "response_type", null)]
    [InlineData("response_type_unsupported", "response_type", "token")]
    [InlineData("response_mode_unsupported", "response_mode", "fragment")]
    [InlineData("request_object_unsupported", "request", "x")]
    [InlineData("request_uri_unsupported", "request_uri", "https://x.example/")]
    [InlineData("pkce_missing", "code_challenge", null)]
    [InlineData("pkce_method_unsupported", "code_challenge_method", "plain")]
    [InlineData("pkce_challenge_malformed", "code_challenge", "short")]
    [InlineData("prompt_unsupported", "prompt", "none login")]
    [InlineData("max_age_malformed", "max_age", "soon")]
    [InlineData("login_required", "prompt", "none")]
    [InlineData("resource_unknown", "resource", "https://unknown.example/")]
    [InlineData("resource_invalid", "resource", "/mcp")]
    [InlineData("resource_missing", "resource", null)]
    [InlineData("scope_empty", "scope", "unknown")]
    public async Task An_authorization_request_is_refused_for(string reason, string parameter, string? value)
    {
        await using var koauth = await StartAsync();
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync(new Flow().With(parameter, value).Url);

        Assert.Equal(reason, koauth.Told[^1].Reason);
    }

    [Fact]
    public async Task An_authorization_request_is_refused_for_what_is_too_long_or_too_much()
    {
        await using var koauth = await StartAsync();
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync(new Flow().With("state", new string('s', 9000)).Url);
        Assert.Equal("state_too_long", koauth.Told[^1].Reason);
        await browser.OpenAsync(KOauthApp.Issuer + new Flow().With("nonce", new string('n', 151)).Url);
        Assert.Equal("nonce_too_long", koauth.Told[^1].Reason);
        await browser.OpenAsync(KOauthApp.Issuer + new Flow().With("scope", new string('s', 5000)).Url);
        Assert.Equal("request_too_large", koauth.Told[^1].Reason);
        await browser.OpenAsync(KOauthApp.Issuer + new Flow().And("resource", "https://files.example.test/mcp").Url);
        Assert.Equal("resource_ambiguous", koauth.Told[^1].Reason);
    }

    [Theory]
    [InlineData("grant_type_missing", "grant_type", null)]
    [InlineData("grant_type_unsupported", "grant_type", "password")]
    [InlineData("grant_type_not_allowed", "client_id", "codes-only")]
    [InlineData("parameter_missing", "refresh_token", null)]
    [InlineData("client_id_missing", "client_id", null)]
    [InlineData("client_unknown", "client_id", "nobody")]
    [InlineData("secret_missing", "client_secret", null)]
    [InlineData("secret_wrong", "client_secret", "kos_wrong")]
    [InlineData("secret_unexpected", "client_id", "public")]
    [InlineData("assertion_unsupported", "client_assertion", "x")]
    [InlineData("refresh_unreadable", "refresh_token", "kor_x")]
    public async Task A_token_request_is_refused_for(string reason, string parameter, string? value)
    {
        await using var koauth = await StartAsync();
        await koauth.AddClientAsync("public", isPublic: true);
        await koauth.AddClientAsync("codes-only", change: c => (c.GrantTypes, c.Secrets) = (["authorization_code"], [new(KOauth.Clients.ClientSecrets.Hash(_secret), "", default, null)]));
        var form = new Dictionary<string, string?>
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = "kor_x",
            ["client_id"] = "app",
            ["client_secret"] = _secret,
            [parameter] = value,
        };

        await koauth.TokenAsync([.. form.Where(p => p.Value is not null).Select(p => (p.Key, p.Value!))]);

        Assert.Equal(reason, koauth.Told[^1].Reason);
    }

    [Fact]
    public async Task A_token_request_is_refused_for_what_is_contradictory_or_no_form()
    {
        await using var koauth = await StartAsync();

        await koauth.TokenAsync($"app:{_secret}", ("grant_type", "refresh_token"), ("client_secret", _secret));
        Assert.Equal("credentials_twice", koauth.Told[^1].Reason);
        await koauth.TokenAsync("app", ("grant_type", "refresh_token"));
        Assert.Equal("credentials_malformed", koauth.Told[^1].Reason);
        await koauth.TokenAsync($"app:{_secret}", ("grant_type", "refresh_token"), ("client_id", "other"));
        Assert.Equal("client_id_contradiction", koauth.Told[^1].Reason);
        using var json = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        using var answer = await koauth.Http.PostAsync("/oauth/token", json);
        Assert.Equal("content_type_unsupported", koauth.Told[^1].Reason);
        using var form = new FormUrlEncodedContent([]);
        using var query = await koauth.Http.PostAsync("/oauth/token?grant_type=refresh_token", form);
        Assert.Equal("parameters_in_query", koauth.Told[^1].Reason);
        await koauth.TokenAsync(("grant_type", new string('g', 70_000)));
        Assert.Equal("request_too_large", koauth.Told[^1].Reason);
    }

    [Fact]
    public async Task Codes_and_refresh_tokens_of_others_are_refused_for()
    {
        await using var koauth = await StartAsync();
        await koauth.AddClientAsync("other");
        using var browser = koauth.OpenBrowser();
        var flow = new Flow();
        var code = await browser.CodeAsync(flow);

        await koauth.RedeemAsync(flow, code, changes: [("client_id", "other"), ("client_secret", KOauthApp.SecretOf("other"))]);
        Assert.Equal("code_of_another_client", koauth.Told[^1].Reason);
        await koauth.RedeemAsync(flow, code, changes: ("resource", "https://files.example.test/mcp"));
        Assert.Equal("resource_differs", koauth.Told[^1].Reason);
        await koauth.RedeemAsync(flow, code, changes: ("scope", "unknown"));
        Assert.Equal("scope_empty", koauth.Told[^1].Reason);
        var tokens = await koauth.RedeemAsync(flow, code);
        await koauth.RefreshAsync(tokens.RefreshToken!, "other");
        Assert.Equal("refresh_of_another_client", koauth.Told[^1].Reason);
    }

    [Fact]
    [Trait("check", "CO-09")]
    public async Task What_was_answered_once_is_not_answered_again()
    {
        await using var koauth = await StartAsync();
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync("alice@example.test", KOauthApp.Password);
        var flow = new Flow();
        await browser.OpenAsync(KOauthApp.Issuer + flow.Url);
        var (page, ticket) = (browser.Location.ToString(), browser.Field("flow"));
        await browser.SubmitAsync("approve");
        Assert.Null((await koauth.RedeemAsync(flow, browser.Carried["code"])).Error);

        await browser.PostAsync(page, [new("flow", ticket), new("decision", "approve")]);

        Assert.Equal("ticket_spent", koauth.Told[^1].Reason);
        await browser.OpenAsync(KOauthApp.Issuer + new Flow().With("prompt", "consent").Url);
        await browser.SubmitAsync("deny");
        Assert.Equal("access_denied", browser.Carried["error"]);
        Assert.Equal("consent_denied", koauth.Told[^1].Reason);
    }

    [Fact]
    public async Task A_disabled_person_is_told_what_a_wrong_password_is_told_and_the_story_knows_better()
    {
        await using var koauth = await StartAsync();
        await koauth.ChangeUserAsync("alice@example.test", u => u.Disable());
        using var browser = koauth.OpenBrowser();

        await browser.SignInAsync("alice@example.test", KOauthApp.Password);

        Assert.Equal("user_disabled", koauth.Told[^1].Reason);
        Assert.Contains(Reasons.SignInFailed.Person, browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("check", "HD-06")]
    public async Task A_bug_is_told_without_a_word_about_the_machine()
    {
        await using var koauth = await StartAsync();
        await koauth.ChangeClientAsync("app", c => c.Secrets = [null!]); // a row nobody could have written through the product

        var reply = await koauth.TokenAsync(("grant_type", "refresh_token"), ("client_id", "app"), ("client_secret", _secret));

        Assert.Equal(("server_error", 500), (reply.Error, (int)reply.Status));
        Assert.Equal(Reasons.ServerBroken.Wire, reply.Json.GetProperty("error_description").GetString());
        Assert.Equal("server_broken", koauth.Told[^1].Reason);
    }

    [Fact]
    public async Task What_does_not_exist_is_told_in_json()
    {
        await using var koauth = await StartAsync();

        var nowhere = await TokenReply.ReadAsync(await koauth.Http.GetAsync("/oauth/nowhere"));
        var wrongMethod = await TokenReply.ReadAsync(await koauth.Http.GetAsync("/oauth/token"));

        Assert.Equal(Reasons.NotFound.Error, nowhere.Error);
        Assert.Equal(Reasons.MethodNotAllowed.Error, wrongMethod.Error);
    }

    [Fact]
    public void Every_reason_is_named_by_a_test()
    {
        var tests = string.Concat(Directory
            .EnumerateFiles(Path.Combine(Document.Root, "tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        var fields = typeof(Reasons).GetFields().Where(f => f.FieldType == typeof(Reason)).ToDictionary(f => (Reason)f.GetValue(null)!, f => f.Name);

        Assert.Empty(Reasons.All
            .Where(r => !tests.Contains($"\"{r.Id}\"", StringComparison.Ordinal) && !tests.Contains($"Reasons.{fields[r]}", StringComparison.Ordinal))
            .Select(r => r.Id));
        Assert.Equal(Reasons.All.Count, Reasons.All.Select(r => r.Id).Distinct().Count());
        Assert.All(Reasons.All, r => Assert.All(new[] { r.Wire, r.Person, r.Owner }, sentence => Assert.Matches(@"^[A-Z].+[.?]$|koauth [a-z-]+$|^[a-z_]+=.+\.$|^[a-z_]+ .+\.$", sentence)));

        // error_description is %x20-21 / %x23-5B / %x5D-7E (RFC 6749 §5.2).
        Assert.All(Reasons.All, r => Assert.All(r.Wire, c => Assert.True(c is >= ' ' and <= '~' and not ('"' or '\\'), r.Id)));
    }

    private static async Task<KOauthApp> StartAsync()
    {
        var koauth = await KOauthApp.StartReadyAsync(client: c => c.RedirectUris = [KOauthApp.Callback, "https://app.example.test/two"]);
        await koauth.AddResourceAsync("https://files.example.test/mcp");
        return koauth;
    }
}
