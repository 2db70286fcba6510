using System.Net;
using KOauth.Grants;
using KOauth.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.OAuth.Revoke;

/// <summary>An app gives tokens back.</summary>
public sealed class RevokeTests
{
    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, "refresh_token")]
    [InlineData(false, "access_token")] // a hint that is wrong
    [InlineData(false, "something_else")]
    [Trait("check", "RV-02")]
    [Trait("check", "RF-14")]
    [Trait("check", "JW-18")]
    public async Task A_refresh_token_ends_the_whole_connection(bool isPublic, string? hint)
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic);
        var credential = await koauth.CredentialAsync();
        var tokens = await koauth.ConnectAsync(isPublic: isPublic);
        Assert.True((await koauth.IntrospectAsync(tokens.AccessToken, credential)).IsActive());

        var revoked = await koauth.PostAsync("/oauth/revoke", null, ("token", tokens.RefreshToken), ("token_type_hint", hint), ("client_id", "app"),
            ("client_secret", isPublic ? null : KOauthApp.SecretOf("app")));

        Assert.Equal(HttpStatusCode.OK, revoked.Status);
        Assert.Contains("no-store", revoked.Response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        var refreshed = await koauth.RefreshAsync(tokens.RefreshToken!, isPublic: isPublic);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (refreshed.Status, refreshed.Error));
        (await koauth.IntrospectAsync(tokens.AccessToken, credential)).IsInactive();
        Assert.Contains(koauth.Told, e => e.Name == "grant.revoked");
    }

    [Fact]
    [Trait("check", "RV-02")]
    public async Task An_earlier_refresh_token_ends_it_too()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        var next = await koauth.RefreshAsync(tokens.RefreshToken!);
        await koauth.RevokeAsync(tokens.RefreshToken);
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(next.RefreshToken!)).Error);
    }

    [Fact]
    [Trait("check", "RV-02")]
    public async Task An_access_token_ends_alone()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var credential = await koauth.CredentialAsync();
        var tokens = await koauth.ConnectAsync();

        Assert.Equal(HttpStatusCode.OK, (await koauth.RevokeAsync(tokens.AccessToken)).Status);

        (await koauth.IntrospectAsync(tokens.AccessToken, credential)).IsInactive();
        var next = await koauth.RefreshAsync(tokens.RefreshToken!);
        Assert.True((await koauth.IntrospectAsync(next.AccessToken, credential)).IsActive());
    }

    [Fact]
    [Trait("check", "RV-01")]
    public async Task Nobody_revokes_another_client_s_tokens()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddClientAsync("thief");
        var credential = await koauth.CredentialAsync();
        var tokens = await koauth.ConnectAsync();

        Assert.Equal(HttpStatusCode.OK, (await koauth.RevokeAsync(tokens.AccessToken, "thief")).Status);
        Assert.Equal(HttpStatusCode.OK, (await koauth.RevokeAsync(tokens.RefreshToken, "thief")).Status);
        Assert.Equal(2, koauth.Told.Count(e => e.Reason == "token_of_another_client"));

        Assert.True((await koauth.IntrospectAsync(tokens.AccessToken, credential)).IsActive());
        Assert.NotNull((await koauth.RefreshAsync(tokens.RefreshToken!)).AccessToken);
    }

    [Fact]
    [Trait("check", "RV-03")]
    public async Task What_is_no_token_any_more_or_never_was_is_fine()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        await koauth.RevokeAsync(tokens.AccessToken);
        foreach (var token in (string?[])[tokens.AccessToken, tokens.IdToken, "x", "kor_AAAA", "a.b.c", new string('x', 20_000)])
        {
            Assert.Equal(HttpStatusCode.OK, (await koauth.RevokeAsync(token ?? "x")).Status);
        }

        Assert.Equal("invalid_request", (await koauth.RevokeAsync(null)).Error);
    }

    [Fact]
    [Trait("check", "RV-01")]
    public async Task Who_does_not_prove_itself_revokes_nothing()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        var refused = await koauth.PostAsync("/oauth/revoke", "app:wrong", ("token", tokens.RefreshToken));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (refused.Status, refused.Error));
        Assert.Equal(HttpStatusCode.Unauthorized, (await koauth.PostAsync("/oauth/revoke", null, ("token", tokens.RefreshToken), ("client_id", "app"))).Status);
        Assert.NotNull((await koauth.RefreshAsync(tokens.RefreshToken!)).AccessToken);
    }

    [Fact]
    [Trait("check", "RV-05")]
    public async Task A_store_that_does_not_take_it_is_told_and_never_200()
    {
        await using var koauth = await KOauthApp.StartAsync(services: services => services.AddSingleton<ILedger>(s => new BusyLedger(
            ActivatorUtilities.CreateInstance<KOauth.Data.Sqlite.SqliteLedger>(s))));
        await koauth.AddResourceAsync();
        await koauth.AddClientAsync();
        await koauth.AddUserAsync();
        var tokens = await koauth.ConnectAsync();

        var refused = await koauth.RevokeAsync(tokens.RefreshToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        Assert.NotNull(refused.Response.Headers.RetryAfter);
    }

    [Fact]
    public async Task One_token_revoked_by_many_at_once_is_one_row()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        using var barrier = new Barrier(8);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            barrier.SignalAndWait(TestContext.Current.CancellationToken);
            return koauth.RevokeAsync(tokens.AccessToken);
        })));

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.Status));
        await using var db = koauth.OpenDatabase();
        Assert.Single(db.DeniedTokens);
    }

    private sealed class BusyLedger(ILedger inner) : ILedger
    {
        public Task<Outcome<Grant>> RedeemAsync(Grant grant, CancellationToken ct) => inner.RedeemAsync(grant, ct);

        public Task<GrantRecord?> FindAsync(Guid id, CancellationToken ct) => inner.FindAsync(id, ct);

        public Task<int> FindLinkEpochAsync(Guid userId, int clientKey, CancellationToken ct) => inner.FindLinkEpochAsync(userId, clientKey, ct);

        public Task<Outcome<Rotated>> RotateAsync(Guid id, int presented, long source, CancellationToken ct) => inner.RotateAsync(id, presented, source, ct);

        public Task<bool> EndAsync(Guid id, string reason, string actor, CancellationToken ct) => throw new KOauth.Data.StoreBusyException();
    }
}
