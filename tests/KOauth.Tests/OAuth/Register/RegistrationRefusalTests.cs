using System.Net;
using System.Text;
using static KOauth.Tests.OAuth.Register.Registering;

namespace KOauth.Tests.OAuth.Register;

/// <summary>What nobody may register, each with a sentence for whoever makes the app.</summary>
public sealed class RegistrationRefusalTests
{
    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("vbscript:x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("blob:https://app.example.test/1")]
    [InlineData("JaVaScRiPt:alert(1)")]
    [InlineData(" javascript:alert(1)")]
    [InlineData("java\tscript:alert(1)")]
    [InlineData("\u0001javascript:alert(1)")]
    [Trait("check", "DC-01")]
    [Trait("check", "A-08")]
    public async Task A_redirect_uri_that_runs_something_is_refused_alone_and_beside_others(string redirectUri)
    {
        await using var koauth = await KOauthApp.StartAsync();
        await IsRefusedAsync(koauth, App(redirectUri), "invalid_redirect_uri");
        await IsRefusedAsync(koauth, App().With("redirect_uris", new[] { KOauthApp.Callback, redirectUri }), "invalid_redirect_uri");
    }

    [Theory]
    [InlineData("https://app.example.test/cb#f", "DC-03")]
    [InlineData("foo://x#f", "DC-03")]
    [InlineData("https://*.example.test/cb", "DC-05")]
    [InlineData("https://app.example.test/*", "DC-05")]
    [InlineData("https://user:pass@app.example.test/cb", "A-08")]
    [InlineData("http://app.example.test/cb#f", "DC-03")]
    [InlineData("HTTPS://app.example.test/cb", "AZ-08")]
    [Trait("check", "DC-03")]
    [Trait("check", "DC-05")]
    public async Task A_redirect_uri_with_a_mistake_is_refused_beside_others_too(string redirectUri, string row)
    {
        Assert.NotEmpty(row);
        await using var koauth = await KOauthApp.StartAsync();
        await IsRefusedAsync(koauth, App(redirectUri), "invalid_redirect_uri");
        await IsRefusedAsync(koauth, App().With("redirect_uris", new[] { KOauthApp.Callback, redirectUri }), "invalid_redirect_uri");
    }

    [Theory]
    [InlineData("client_uri")]
    [InlineData("logo_uri")]
    [InlineData("tos_uri")]
    [InlineData("policy_uri")]
    [InlineData("jwks_uri")]
    [InlineData("logo_uri#de")]
    [InlineData("tos_uri#ja-Hani-JP")]
    [Trait("check", "DC-02")]
    public async Task A_link_that_runs_something_is_refused(string member)
    {
        await using var koauth = await KOauthApp.StartAsync();
        foreach (var link in (string[])["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///x", "JaVaScRiPt:x", " javascript:x", "//x"])
        {
            await IsRefusedAsync(koauth, App().With(member, link), "invalid_client_metadata");
        }
    }

    [Theory]
    [InlineData("client_name", 5)]
    [InlineData("client_name", null)]
    [InlineData("redirect_uris", "https://app.example.test/cb")]
    [InlineData("redirect_uris", null)]
    [InlineData("grant_types", "authorization_code")]
    [InlineData("response_types", true)]
    [InlineData("token_endpoint_auth_method", 1)]
    [InlineData("contacts", "me@example.test")]
    [InlineData("scope", 1)]
    [InlineData("dpop_bound_access_tokens", "yes")]
    [InlineData("client_uri", 7)]
    [Trait("check", "DC-13")]
    public async Task A_member_of_another_type_is_refused_with_its_name(string member, object? value)
    {
        await using var koauth = await KOauthApp.StartAsync();
        var refused = await koauth.RegisterAsync(App().With(member, value));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_client_metadata"), (refused.Status, refused.Error));
        Assert.Contains(member, refused.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"redirect_uris\":[\"https://app.example.test/cb\"],\"redirect_uris\":[\"https://evil.test/cb\"]}")]
    [InlineData("{\"redirect_uris\":[\"https://app.example.test/cb\"],\"client_name\":\"A\",\"client_n\\u0061me\":\"B\"}")]
    [Trait("check", "DC-14")]
    public async Task A_member_named_twice_is_refused(string json)
    {
        await using var koauth = await KOauthApp.StartAsync();
        var refused = await koauth.RegisterAsync(json);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_client_metadata"), (refused.Status, refused.Error));
    }

    [Theory]
    [InlineData("redirect_uris=https%3A%2F%2Fapp.example.test%2Fcb", "application/x-www-form-urlencoded")]
    [InlineData("{}", "text/plain")]
    [InlineData("[]", "application/json")]
    [InlineData("\"x\"", "application/json")]
    [InlineData("{", "application/json")]
    [InlineData("", "application/json")]
    [InlineData("{}", "application/json")]
    [Trait("check", "DC-21")]
    public async Task What_is_no_registration_is_refused_in_JSON(string body, string contentType)
    {
        await using var koauth = await KOauthApp.StartAsync();
        var refused = await koauth.RegisterAsync(body, contentType);
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.NotNull(refused.Error);
        Assert.Equal("application/json", refused.Response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(body == "{}" && contentType == "application/json" ? "redirect_uri_invalid" : "registration_not_json", koauth.Told[^1].Reason);
    }

    [Fact]
    [Trait("check", "DC-08")]
    public async Task What_is_too_much_is_refused()
    {
        await using var koauth = await KOauthApp.StartAsync();
        await IsRefusedAsync(koauth, App().With("redirect_uris", Enumerable.Range(0, 1000).Select(i => $"https://a.test/{i}")), "invalid_redirect_uri");
        await IsRefusedAsync(koauth, App().With("contacts", Enumerable.Range(0, 1000).Select(i => $"{i}@a.test")), "invalid_client_metadata");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await koauth.RegisterAsync(App().With("x", new string('x', 200_000)))).Status);
        var deep = new StringBuilder().Insert(0, "[", 200).Append(']', 200);
        Assert.Equal(HttpStatusCode.BadRequest, (await koauth.RegisterAsync($"{{\"x\":{deep}}}")).Status);
    }

    [Theory]
    [InlineData("Clau\u202Ede")]
    [InlineData("Claude\u200B")]
    [InlineData("Claude\nTrusted: yes")]
    [InlineData("\uD800")]
    [Trait("check", "DC-09")]
    public async Task A_name_with_what_nobody_sees_is_refused(string name)
    {
        await using var koauth = await KOauthApp.StartAsync();
        var json = $"{{\"client_name\":\"{string.Concat(name.Select(c => $"\\u{(int)c:x4}"))}\",\"redirect_uris\":[\"{KOauthApp.Callback}\"]}}";
        var refused = await koauth.RegisterAsync(json);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_client_metadata"), (refused.Status, refused.Error));
    }

    [Fact]
    [Trait("check", "DC-09")]
    public async Task A_name_that_is_too_long_is_cut_and_markup_stays_text()
    {
        await using var koauth = await KOauthApp.StartAsync();
        await koauth.AddResourceAsync();
        await koauth.AddUserAsync();
        Assert.Equal(100, (await koauth.RegisterAsync(App().With("client_name", new string('n', 10_000)))).Text("client_name")!.Length);

        var app = await koauth.RegisterAsync(App().With("client_name", "<b>Сlaude</b>")); // with a Cyrillic С
        using var browser = koauth.OpenBrowser();
        await browser.OpenAsync(KOauthApp.Issuer + new Flow(app.ClientId).Url);
        await browser.SubmitAsync(null, ("email", "alice@example.test"), ("password", KOauthApp.Password));
        Assert.EndsWith("/account/consent", browser.Location.AbsolutePath, StringComparison.Ordinal);
        Assert.Contains("<b>Сlaude</b>", browser.Text, StringComparison.Ordinal);
        Assert.Contains("This is not the Claude known here.", browser.Text, StringComparison.Ordinal);
    }

    private static async Task IsRefusedAsync(KOauthApp koauth, Dictionary<string, object?> metadata, string error)
    {
        var refused = await koauth.RegisterAsync(metadata);
        Assert.True(refused.Status == HttpStatusCode.BadRequest && refused.Error == error, $"{refused.Status} {refused.Json}");
    }
}
