using System.Net;
using System.Text.Json;
using static KOauth.Tests.OAuth.Register.Registering;

namespace KOauth.Tests.OAuth.Register;

/// <summary>What an app gets that registers itself.</summary>
public sealed class RegisterTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("client_secret_post")]
    [InlineData("client_secret_basic")]
    [Trait("check", "A-26")]
    public async Task An_app_that_nobody_registered_registers_itself_and_connects(string method)
    {
        await using var koauth = await KOauthApp.StartAsync();
        await koauth.AddResourceAsync();
        await koauth.AddUserAsync();

        var app = await koauth.RegisterAsync(App().With("token_endpoint_auth_method", method));
        Assert.Equal(HttpStatusCode.Created, app.Status);
        var flow = new Flow(app.ClientId);
        using var browser = koauth.OpenBrowser();
        var tokens = await koauth.RedeemAsync(flow, await browser.CodeAsync(flow), isPublic: true, ("client_secret", app.Secret));
        Assert.NotNull(tokens.AccessToken);

        var refreshed = await koauth.RefreshAsync(tokens.RefreshToken!, app.ClientId, isPublic: true, ("client_secret", app.Secret));
        Assert.NotNull(refreshed.AccessToken);
    }

    [Theory]
    [InlineData("none", "none", false)]
    [InlineData(null, "client_secret_basic", true)]
    [InlineData("client_secret_post", "client_secret_post", true)]
    [InlineData("client_secret_jwt", "client_secret_basic", true)]
    [InlineData("tls_client_auth", "client_secret_basic", true)]
    [Trait("check", "DC-12")]
    public async Task A_method_that_is_not_supported_becomes_one_that_is(string? asked, string granted, bool hasSecret)
    {
        await using var koauth = await KOauthApp.StartAsync();
        var metadata = App();
        metadata.Remove("token_endpoint_auth_method");
        var app = await koauth.RegisterAsync(asked is null ? metadata : metadata.With("token_endpoint_auth_method", asked));

        Assert.Equal(granted, app.Text("token_endpoint_auth_method"));
        Assert.Equal(hasSecret, app.Secret is not null);
        Assert.Equal(hasSecret, app.Json.TryGetProperty("client_secret_expires_at", out var expires) && expires.GetInt64() == 0);
    }

    [Fact]
    [Trait("check", "DC-11")]
    public async Task Of_the_grants_it_wants_an_app_gets_those_in_which_a_person_decides()
    {
        await using var koauth = await KOauthApp.StartAsync();
        var app = await koauth.RegisterAsync(App().With("grant_types", new[] { "implicit", "authorization_code", "password", "client_credentials", "refresh_token" }));
        Assert.Equal(["authorization_code", "refresh_token"], app.Texts("grant_types"));

        var implicitOnly = await koauth.RegisterAsync(App().With("grant_types", new[] { "implicit" }));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_client_metadata"), (implicitOnly.Status, implicitOnly.Error));
    }

    [Fact]
    [Trait("check", "DC-06")]
    public async Task Of_its_redirect_uris_an_app_gets_those_that_can_be_used()
    {
        await using var koauth = await KOauthApp.StartAsync();
        string[] cursor = ["cursor://anysphere.cursor-mcp/oauth/callback", "https://www.cursor.com/agents/mcp/oauth/callback", "http://localhost:8787/callback"];
        Assert.Equal([cursor[0]], (await koauth.RegisterAsync(App(cursor[0]))).Texts("redirect_uris"));
        Assert.Equal(cursor, (await koauth.RegisterAsync(App().With("redirect_uris", cursor))).Texts("redirect_uris"));

        var mixed = await koauth.RegisterAsync(App().With("redirect_uris", new[] { "foo://x", "http://192.0.2.1/cb", cursor[2] }));
        Assert.Equal(HttpStatusCode.Created, mixed.Status);
        Assert.Equal([cursor[2]], mixed.Texts("redirect_uris"));

        var unusable = await koauth.RegisterAsync(App("foo://x"));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_redirect_uri"), (unusable.Status, unusable.Error));
    }

    [Fact]
    [Trait("check", "DC-13")]
    public async Task The_answer_has_whole_numbers_and_no_nulls_and_is_not_stored()
    {
        await using var koauth = await KOauthApp.StartAsync();
        var app = await koauth.RegisterAsync(App().With("token_endpoint_auth_method", "client_secret_post"));

        Assert.All(app.Json.EnumerateObject(), member => Assert.NotEqual(JsonValueKind.Null, member.Value.ValueKind));
        Assert.Equal(koauth.Clock.GetUtcNow().ToUnixTimeSeconds(), app.Json.GetProperty("client_id_issued_at").GetInt64());
        Assert.Contains("no-store", app.Response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal("application/json", app.Response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    [Trait("check", "DC-10")]
    public async Task Unknown_members_and_other_languages_are_ignored()
    {
        await using var koauth = await KOauthApp.StartAsync();
        var app = await koauth.RegisterAsync(App().With("client_name#de", "Beispiel").With("x_strange", new { deep = new[] { 1, 2 } }).With("software_statement", "e30.e30."));
        Assert.Equal(HttpStatusCode.Created, app.Status);
        Assert.Equal("Example app", app.Text("client_name"));
    }

    [Fact]
    [Trait("check", "DC-17")]
    [Trait("check", "A-13")]
    public async Task What_would_make_it_more_than_others_is_not_read()
    {
        await using var koauth = await KOauthApp.StartAsync();
        var app = await koauth.RegisterAsync(App().With("trusted", true).With("skip_consent", true).With("client_id", "admin").With("owner", "root")
            .With("roles", new[] { "admin" }).With("enabled", true).With("origin", 0).With("tenant", "x"));
        Assert.Equal(HttpStatusCode.Created, app.Status);
        Assert.NotEqual("admin", app.ClientId);

        await using var db = koauth.OpenDatabase();
        var stored = Assert.Single(db.Clients);
        Assert.False(stored.Trusted);
        Assert.True(stored.IsSelfAsserted);
    }

    [Fact]
    [Trait("check", "DC-19")]
    public async Task Ids_are_random_and_never_look_like_a_url()
    {
        await using var koauth = await KOauthApp.StartAsync();
        var ids = new HashSet<string>();
        for (var i = 0; i < 20; i++)
        {
            var id = (await koauth.RegisterAsync(App($"https://app{i}.example.test/cb"))).ClientId;
            Assert.Matches("^koc_[A-Za-z0-9_-]{20,}$", id);
            Assert.True(ids.Add(id));
        }
    }

    [Fact]
    [Trait("check", "DC-18")]
    public async Task There_is_no_management_and_none_is_promised()
    {
        await using var koauth = await KOauthApp.StartAsync();
        var app = await koauth.RegisterAsync(App());
        Assert.False(app.Json.TryGetProperty("registration_client_uri", out _));
        Assert.False(app.Json.TryGetProperty("registration_access_token", out _));
        Assert.Equal(HttpStatusCode.NotFound, (await koauth.Http.GetAsync($"/oauth/register/{app.ClientId}")).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await koauth.Http.GetAsync("/oauth/register")).StatusCode);
    }

    [Fact]
    [Trait("check", "DC-24")]
    public async Task Scopes_it_dreams_of_are_not_granted_and_those_it_forgot_are()
    {
        await using var koauth = await KOauthApp.StartAsync();
        await koauth.AddResourceAsync();
        await koauth.AddResourceAsync("https://other.example.test/mcp", "admin:all");
        await koauth.AddUserAsync();
        var app = await koauth.RegisterAsync(App().With("scope", "admin:all koauth:admin"));

        var flow = new Flow(app.ClientId).With("scope", "admin:all koauth:admin notes:read offline_access");
        using var browser = koauth.OpenBrowser();
        var tokens = await koauth.RedeemAsync(flow, await browser.CodeAsync(flow), isPublic: true);
        Assert.Equal("notes:read offline_access", string.Join(' ', tokens.Scope!.Split(' ').Order(StringComparer.Ordinal).Reverse().OrderBy(s => s, StringComparer.Ordinal)));
    }

    [Fact]
    [Trait("check", "HD-05")]
    public async Task A_page_of_another_origin_may_register_without_credentials()
    {
        await using var koauth = await KOauthApp.StartAsync();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/oauth/register");
        preflight.Headers.Add("Origin", "https://inspector.example.test");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "content-type,mcp-protocol-version");
        var answer = await koauth.Http.SendAsync(preflight);
        Assert.Equal("*", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task Switched_off_it_is_not_there_and_not_advertised()
    {
        await using var koauth = await KOauthApp.StartAsync(s => s with { Registration = KOauth.Hosting.RegistrationPolicy.Off });
        var refused = await koauth.RegisterAsync(App());
        Assert.Equal((HttpStatusCode.NotFound, "not_found"), (refused.Status, refused.Error));
        var metadata = await koauth.Http.GetStringAsync("/.well-known/oauth-authorization-server");
        Assert.DoesNotContain("registration_endpoint", metadata, StringComparison.Ordinal);
        Assert.Contains(koauth.Told, e => e.Reason == "registration_off");
    }

    [Fact]
    public async Task A_registration_is_the_beginning_of_a_story()
    {
        await using var koauth = await KOauthApp.StartAsync();
        var app = await koauth.RegisterAsync(App());
        var told = Assert.Single(koauth.Told, e => e.Name == "registration.received");
        Assert.Equal(app.ClientId, told.ClientId);
        Assert.Contains(told.Details, f => f.Value == KOauthApp.Callback);
    }
}
