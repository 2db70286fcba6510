using System.Net;
using KOauth.Resources;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.OAuth.Introspect;

/// <summary>Who is told what about a token.</summary>
public sealed class IntrospectTests
{
    [Fact]
    [Trait("check", "RV-04")]
    public async Task The_server_a_token_is_for_is_told_all_of_it()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var credential = await koauth.CredentialAsync();
        var tokens = await koauth.ConnectAsync(new Flow().With("scope", "notes:read openid"));

        var told = (await koauth.IntrospectAsync(tokens.AccessToken, credential)).Json;

        Assert.True(told.GetProperty("active").GetBoolean());
        var token = tokens.Access;
        Assert.Equal(
            (token.Subject, "app", KOauthApp.NotesUri, KOauthApp.Issuer, token.Id, "Bearer"),
            (told.GetProperty("sub").GetString(), told.GetProperty("client_id").GetString(), told.GetProperty("aud").GetString(),
                told.GetProperty("iss").GetString(), told.GetProperty("jti").GetString(), told.GetProperty("token_type").GetString()));
        Assert.Equal(tokens.Scope, told.GetProperty("scope").GetString());
        Assert.Equal(new DateTimeOffset(token.ValidTo).ToUnixTimeSeconds(), told.GetProperty("exp").GetInt64());
    }

    [Fact]
    [Trait("check", "RV-04")]
    public async Task Nobody_else_hears_more_than_that_it_is_not_active()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddResourceAsync("https://other.example.test/mcp", "other:read");
        await koauth.AddClientAsync("other");
        var tokens = await koauth.ConnectAsync();
        var stranger = await koauth.CredentialAsync("https://other.example.test/mcp");

        (await koauth.IntrospectAsync(tokens.AccessToken, stranger)).IsInactive();
        (await koauth.IntrospectAsync(tokens.RefreshToken, stranger)).IsInactive();
        (await koauth.IntrospectByClientAsync(tokens.AccessToken, "other")).IsInactive();
        (await koauth.IntrospectByClientAsync(tokens.RefreshToken, "other")).IsInactive();
        (await koauth.IntrospectAsync(tokens.RefreshToken, await koauth.CredentialAsync())).IsInactive(); // no server's business

        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/introspect")
        {
            Content = new FormUrlEncodedContent([new("token", tokens.AccessToken), new("client_id", stranger.Id), new("client_secret", stranger.Secret)]),
        };
        request.Headers.Add("Accept", "application/token-introspection+jwt");
        (await TokenReply.ReadAsync(await koauth.Http.SendAsync(request))).IsInactive();
    }

    [Fact]
    public async Task A_client_may_ask_about_its_own_tokens()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        Assert.True((await koauth.IntrospectByClientAsync(tokens.AccessToken)).IsActive());
        var refresh = await koauth.IntrospectByClientAsync(tokens.RefreshToken);
        Assert.True(refresh.IsActive());
        Assert.Equal(tokens.Access.Subject, refresh.Json.GetProperty("sub").GetString());

        var next = await koauth.RefreshAsync(tokens.RefreshToken!);
        (await koauth.IntrospectByClientAsync(tokens.RefreshToken)).IsInactive();
        Assert.True((await koauth.IntrospectByClientAsync(next.RefreshToken)).IsActive());
        koauth.Clock.Advance(koauth.Settings.RefreshTokenIdle);
        (await koauth.IntrospectByClientAsync(next.RefreshToken)).IsInactive();
    }

    [Fact]
    [Trait("check", "RV-04")]
    public async Task Who_does_not_prove_who_asks_is_refused()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddClientAsync("public", isPublic: true);
        var tokens = await koauth.ConnectAsync();
        var credential = await koauth.CredentialAsync();

        TokenReply[] refused =
        [
            await koauth.PostAsync("/oauth/introspect", null, ("token", tokens.AccessToken)),
            await koauth.PostAsync("/oauth/introspect", null, ("token", tokens.AccessToken), ("client_id", "public")),
            await koauth.PostAsync("/oauth/introspect", $"{credential.Id}:wrong", ("token", tokens.AccessToken)),
            await koauth.PostAsync("/oauth/introspect", null, ("token", tokens.AccessToken), ("client_id", credential.Id)),
            await koauth.PostAsync("/oauth/introspect", $"kom_unknown:{credential.Secret}", ("token", tokens.AccessToken)),
            await koauth.PostAsync("/oauth/introspect", "app:wrong", ("token", tokens.AccessToken)),
        ];
        Assert.All(refused, r => Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (r.Status, r.Error)));
        Assert.Equal(
            ["credentials_missing", "introspection_by_public_client", "resource_secret_wrong", "resource_secret_wrong", "client_unknown", "secret_wrong"],
            koauth.Told.Where(e => e.Name == "introspection.refused").Select(e => e.Reason));
    }

    [Fact]
    [Trait("check", "A-11")]
    [Trait("check", "JW-18")]
    public async Task What_stands_behind_a_token_is_asked_at_every_question()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var credential = await koauth.CredentialAsync();
        var tokens = await koauth.ConnectAsync();
        async Task<bool> IsActiveAsync() => (await koauth.IntrospectAsync(tokens.AccessToken, credential)).IsActive();

        Assert.True(await IsActiveAsync());
        await koauth.ChangeClientAsync("app", c => c.Active = false);
        Assert.False(await IsActiveAsync());
        await koauth.ChangeClientAsync("app", c => c.Active = true);
        Assert.True(await IsActiveAsync());

        await koauth.ChangeAsync(async db => (await db.Resources.SingleAsync()).Allow = [AllowList.User(Guid.NewGuid())]);
        Assert.False(await IsActiveAsync());
        await koauth.ChangeAsync(async db => (await db.Resources.SingleAsync()).Allow = null);
        Assert.True(await IsActiveAsync());

        await koauth.ChangeUserAsync("alice@example.test", u => u.Epoch++);
        Assert.False(await IsActiveAsync());
    }

    [Fact]
    public async Task A_token_is_active_until_it_expires_and_not_a_second_longer()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var credential = await koauth.CredentialAsync();
        var tokens = await koauth.ConnectAsync();
        koauth.Clock.Advance(koauth.Settings.AccessTokenLifetime - TimeSpan.FromSeconds(1));
        Assert.True((await koauth.IntrospectAsync(tokens.AccessToken, credential)).IsActive());
        koauth.Clock.Advance(TimeSpan.FromSeconds(1));
        (await koauth.IntrospectAsync(tokens.AccessToken, credential)).IsInactive();
    }

    [Fact]
    public async Task A_server_s_secrets_overlap_as_long_as_was_said()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        var first = await koauth.CredentialAsync();
        var second = await koauth.CredentialAsync(overlap: TimeSpan.FromHours(1));
        Assert.Equal(first.Id, second.Id);
        Assert.True((await koauth.IntrospectAsync(tokens.AccessToken, first)).IsActive());
        Assert.True((await koauth.IntrospectAsync(tokens.AccessToken, second)).IsActive());

        koauth.Clock.Advance(TimeSpan.FromMinutes(59));
        tokens = await koauth.RefreshAsync(tokens.RefreshToken!);
        Assert.True((await koauth.IntrospectAsync(tokens.AccessToken, first)).IsActive());
        koauth.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await koauth.IntrospectAsync(tokens.AccessToken, first)).Status);
        Assert.True((await koauth.IntrospectAsync(tokens.AccessToken, second)).IsActive());
    }
}
