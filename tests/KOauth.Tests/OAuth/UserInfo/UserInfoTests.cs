using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using KOauth.Protocol;

namespace KOauth.Tests.OAuth.UserInfo;

/// <summary>Who the person is, for apps that may know.</summary>
public sealed class UserInfoTests
{
    [Theory]
    [InlineData("openid", false, false)]
    [InlineData("openid email", true, false)]
    [InlineData("openid profile", false, true)]
    [InlineData("openid email profile notes:read", true, true)]
    public async Task An_app_is_told_what_its_scopes_say(string scope, bool email, bool name)
    {
        await using var koauth = await StartAsync();
        var tokens = await koauth.ConnectAsync(new Flow().With("scope", scope));

        var told = (await GetAsync(koauth, tokens.AccessToken)).Json;

        Assert.Equal(tokens.Access.Subject, told.GetProperty("sub").GetString());
        Assert.Equal(email, told.TryGetProperty("email", out _));
        Assert.Equal(email, told.TryGetProperty("email_verified", out var verified) && verified.ValueKind is JsonValueKind.True or JsonValueKind.False);
        Assert.Equal(name, told.TryGetProperty("name", out _));
    }

    [Fact]
    public async Task The_token_may_come_in_a_form_and_never_in_the_address()
    {
        await using var koauth = await StartAsync();
        var token = (await koauth.ConnectAsync(new Flow().With("scope", "openid"))).AccessToken!;

        Assert.Equal(HttpStatusCode.OK, (await koauth.PostAsync("/oauth/userinfo", null, ("access_token", token))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await TokenReply.ReadAsync(await koauth.Http.GetAsync($"/oauth/userinfo?access_token={token}"))).Status);
        using var both = new HttpRequestMessage(HttpMethod.Post, "/oauth/userinfo") { Content = new FormUrlEncodedContent([new("access_token", token)]) };
        both.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var twice = await TokenReply.ReadAsync(await koauth.Http.SendAsync(both));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (twice.Status, twice.Error));
        Assert.Contains(koauth.Told, e => e.Reason == "access_token_twice");
    }

    [Fact]
    [Trait("check", "A-43")]
    public async Task A_token_without_openid_is_refused_with_the_scope_it_lacks()
    {
        await using var koauth = await StartAsync();
        var tokens = await koauth.ConnectAsync(new Flow().With("scope", "notes:read"));
        var refused = await GetAsync(koauth, tokens.AccessToken);
        Assert.Equal((HttpStatusCode.Forbidden, "insufficient_scope"), (refused.Status, refused.Error));
        Assert.Contains("scope=\"openid\"", refused.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Contains(koauth.Told, e => e.Reason == "openid_scope_missing");
    }

    [Fact]
    [Trait("check", "A-43")]
    public async Task A_service_is_no_person()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: c => c.GrantTypes = [GrantTypeNames.ClientCredentials]);
        var service = await koauth.TokenAsync(("grant_type", "client_credentials"), ("client_id", "app"), ("client_secret", KOauthApp.SecretOf("app")));
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(koauth, service.AccessToken)).Status);
    }

    [Fact]
    [Trait("check", "JW-05")]
    public async Task What_is_no_access_token_is_refused()
    {
        await using var koauth = await StartAsync();
        var tokens = await koauth.ConnectAsync(new Flow().With("scope", "openid"));
        foreach (var token in (string?[])[tokens.IdToken, tokens.RefreshToken, "x", tokens.AccessToken + "x", tokens.AccessToken![..^3]])
        {
            var refused = await GetAsync(koauth, token);
            Assert.Equal((HttpStatusCode.Unauthorized, "invalid_token"), (refused.Status, refused.Error));
            Assert.Contains("Bearer error=\"invalid_token\"", refused.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }

        var nothing = await TokenReply.ReadAsync(await koauth.Http.GetAsync("/oauth/userinfo"));
        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (nothing.Status, nothing.Response.Headers.WwwAuthenticate.ToString()));
        Assert.Contains(koauth.Told, e => e.Reason == "access_token_missing");
    }

    [Fact]
    public async Task An_ended_connection_is_told_nothing()
    {
        await using var koauth = await StartAsync();
        var tokens = await koauth.ConnectAsync(new Flow().With("scope", "openid offline_access"));
        await koauth.RevokeAsync(tokens.RefreshToken);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(koauth, tokens.AccessToken)).Status);
    }

    [Fact]
    [Trait("check", "HD-03")]
    [Trait("check", "HD-05")]
    public async Task The_answer_is_not_stored_and_pages_of_other_origins_may_ask()
    {
        await using var koauth = await StartAsync();
        var tokens = await koauth.ConnectAsync(new Flow().With("scope", "openid"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/oauth/userinfo");
        request.Headers.Add("Origin", "https://app.example.test");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.AccessToken);
        var response = await koauth.Http.SendAsync(request);
        Assert.Contains("no-store", response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task A_bound_token_needs_the_proof_of_its_key()
    {
        await using var koauth = await StartAsync();
        using var proofs = new ProofMaker(koauth.Clock);
        using var browser = koauth.OpenBrowser();
        var flow = new Flow().With("scope", "openid");
        var tokens = await koauth.ProveAsync(
            proofs, ("grant_type", "authorization_code"), ("code", await browser.CodeAsync(flow)), ("redirect_uri", flow.RedirectUri),
            ("code_verifier", flow.Verifier), ("client_id", "app"), ("client_secret", KOauthApp.SecretOf("app")));
        Assert.NotNull(tokens.AccessToken);

        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(koauth, tokens.AccessToken)).Status); // as a bearer token
        using var thief = new ProofMaker(koauth.Clock);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(koauth, tokens.AccessToken, thief)).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(koauth, tokens.AccessToken, proofs)).Status);
    }

    private static async Task<KOauthApp> StartAsync()
    {
        var koauth = await KOauthApp.StartReadyAsync();
        await koauth.ChangeUserAsync("alice@example.test", u => u.DisplayName = "Alice");
        return koauth;
    }

    private static async Task<TokenReply> GetAsync(KOauthApp koauth, string? token, ProofMaker? proofs = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/oauth/userinfo");
        request.Headers.TryAddWithoutValidation("Authorization", $"{(proofs is null ? "Bearer" : "DPoP")} {token}");
        if (proofs is not null)
        {
            request.Headers.Add("DPoP", proofs.Make(payload: p => p["htm"] = "GET", token: token, address: $"{KOauthApp.Issuer}/oauth/userinfo"));
        }

        return await TokenReply.ReadAsync(await koauth.Http.SendAsync(request));
    }
}
