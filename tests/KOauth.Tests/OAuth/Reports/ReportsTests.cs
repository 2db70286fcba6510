using System.Net;
using KOauth.Clients;
using KOauth.Grants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.OAuth.Reports;

/// <summary><c>/oauth/seen</c> and <c>/oauth/ended</c>: what protected servers and this one tell each other.</summary>
public sealed class ReportsTests : IAsyncLifetime
{
    private KOauthApp _koauth = null!;
    private TokenReply _connected = null!;

    private string GrantId => _connected.Access.GetClaim("grant_id").Value;

    public async ValueTask InitializeAsync()
    {
        _koauth = await KOauthApp.StartReadyAsync();
        _connected = await _koauth.ConnectAsync();
    }

    public ValueTask DisposeAsync() => _koauth.DisposeAsync();

    [Fact]
    public async Task The_first_sight_of_a_connection_is_told_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _koauth.SeenAsync(_connected.AccessToken!)));
        var refreshed = await _koauth.RefreshAsync(_connected.RefreshToken!);
        await _koauth.SeenAsync(refreshed.AccessToken!);

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.NoContent, status));
        Assert.Single(_koauth.Told, e => e.Name == "token.first_used");
        await using var db = _koauth.OpenDatabase();
        Assert.NotNull((await db.Grants.SingleAsync()).SeenAt);
    }

    [Fact]
    public async Task A_refusal_is_told_by_known_words_and_seldom()
    {
        await _koauth.SeenAsync(_connected.AccessToken!, "audience");
        await _koauth.SeenAsync(_connected.AccessToken!, "audience");
        await _koauth.SeenAsync(_connected.AccessToken!, "<script>");

        Assert.Single(_koauth.Told, e => e.Name == "token.refused_by_server");
        Assert.DoesNotContain(_koauth.Told, e => e.Name == "token.first_used");
    }

    [Fact]
    public async Task Who_has_no_token_that_holds_says_nothing()
    {
        var told = _koauth.Told.Count;

        Assert.Equal(HttpStatusCode.Unauthorized, await _koauth.SeenAsync("x"));
        Assert.Equal(HttpStatusCode.Unauthorized, await _koauth.SeenAsync(_connected.AccessToken![..^4] + "AAAA"));
        Assert.Equal(HttpStatusCode.Unauthorized, await _koauth.SeenAsync(_connected.RefreshToken!));

        Assert.Equal(told, _koauth.Told.Count);
    }

    [Fact]
    public async Task A_connection_that_is_ended_is_named()
    {
        Assert.Empty(await _koauth.EndedAsync());

        await _koauth.Services.GetRequiredService<ILedger>().EndAsync(Guid.Parse(GrantId), "test", "test", default);

        await NamedAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await _koauth.SeenAsync(_connected.AccessToken!));
    }

    [Fact]
    public async Task So_is_one_of_a_person_who_was_disabled_or_signed_out_everywhere()
    {
        await _koauth.ChangeUserAsync("alice@example.test", user => user.Epoch++);
        await NamedAsync();
        await _koauth.ChangeUserAsync("alice@example.test", user => user.Disable());
        await NamedAsync();
    }

    [Fact]
    public async Task So_is_one_of_an_app_that_was_deleted()
    {
        await _koauth.Services.GetRequiredService<ClientRegistry>().DeleteAsync("app", "cli", default);

        await NamedAsync();
    }

    [Fact]
    public async Task It_is_forgotten_when_its_tokens_have_expired()
    {
        await _koauth.ChangeUserAsync("alice@example.test", user => user.Epoch++);
        await _koauth.Services.GetRequiredService<ILedger>().EndAsync(Guid.Parse(GrantId), "test", "test", default);
        _koauth.Clock.Advance(TimeSpan.FromMinutes(66));

        Assert.Empty(await _koauth.EndedAsync());
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("soon")]
    [InlineData("99999999999999999999999")]
    [InlineData("9223372036854775807")]
    public async Task Nonsense_for_a_time_hears_everything(string since)
    {
        await _koauth.Services.GetRequiredService<ILedger>().EndAsync(Guid.Parse(GrantId), "test", "test", default);

        Assert.Equal([GrantId], await _koauth.EndedAsync(since));
    }

    [Fact]
    public async Task What_was_heard_already_is_not_sent_again()
    {
        using var first = await _koauth.Http.GetAsync("/oauth/ended");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/oauth/ended");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var second = await _koauth.Http.SendAsync(again);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    private async Task NamedAsync()
    {
        _koauth.Clock.Advance(EndedGrants.Fresh);
        Assert.Equal([GrantId], await _koauth.EndedAsync());
    }
}
