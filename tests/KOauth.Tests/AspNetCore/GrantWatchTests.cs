using System.Net;

namespace KOauth.Tests.AspNetCore;

/// <summary>Connections that end before their tokens do, and the first sight of those that live.</summary>
public sealed class GrantWatchTests
{
    private static readonly TimeSpan _halfAMinute = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_disconnect_is_felt_within_30_seconds()
    {
        await using var app = await StartAsync();
        var (token, other) = (Token(app, "a"), Token(app, "b"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, token));
        app.Server.Ended.Enqueue("a");

        app.Clock.Advance(_halfAMinute);
        await app.LoggedAsync("Connections that ended since the last look: 1.");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, token));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, other));
    }

    [Fact]
    public async Task A_connection_is_reported_once()
    {
        await using var app = await StartAsync();
        var token = Token(app, "a");

        await StatusAsync(app, token);
        await StatusAsync(app, token);
        await StatusAsync(app, Token(app, "b"));

        await UntilAsync(() => app.Server.Seen.Count == 2);
        Assert.Equal(["", ""], app.Server.Seen);
    }

    [Fact]
    public async Task A_token_for_another_server_is_reported_and_a_flood_of_them_is_not()
    {
        await using var app = await StartAsync();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, app.Server.Token(payload: p => p["aud"] = "https://other.example")));
        }

        await StatusAsync(app, Token(app, "a"));

        await UntilAsync(() => app.Server.Seen.Count == 2);
        Assert.Equal(["audience", ""], app.Server.Seen);
    }

    [Fact]
    public async Task Without_the_server_all_goes_on()
    {
        await using var app = await StartAsync();
        app.Server.IsDown = true;

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, Token(app, "a")));
        app.Clock.Advance(_halfAMinute);
        await UntilAsync(() => app.Server.Asked.Any(a => a.EndsWith("/ended", StringComparison.Ordinal)));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, Token(app, "a")));
    }

    [Theory]
    [InlineData("https://auth.example.evil.test/seen")]
    [InlineData("https://elsewhere.test/seen")]
    [InlineData("http://auth.example/seen")]
    [InlineData(null)]
    public async Task Tokens_are_sent_to_the_issuers_own_address_only(string? address)
    {
        await using var app = await StartAsync(server: s => s.Metadata = document => document["koauth_seen_endpoint"] = address);

        await StatusAsync(app, Token(app, "a"));
        app.Clock.Advance(_halfAMinute);
        await Task.Yield();

        Assert.DoesNotContain(app.Server.Asked, a => a.EndsWith("/seen", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Switched_off_it_neither_tells_nor_asks()
    {
        await using var app = await StartAsync(reports: false);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, Token(app, "a")));
        app.Clock.Advance(_halfAMinute);
        await Task.Yield();

        Assert.Empty(app.Server.Seen);
        Assert.DoesNotContain(app.Server.Asked, a => a.EndsWith("/ended", StringComparison.Ordinal));
    }

    private static async Task<ProtectedApp> StartAsync(bool reports = true, Action<StandInServer>? server = null)
    {
        var app = await ProtectedApp.StartAsync(options => options.Reports = reports, server ?? (s => s.OffersReports()));
        await app.LoggedAsync("is confirmed");
        return app;
    }

    private static string Token(ProtectedApp app, string grantId) => app.Server.Token(payload: p => p["grant_id"] = grantId);

    private static async Task<HttpStatusCode> StatusAsync(ProtectedApp app, string token)
    {
        using var answer = await app.PostAsync(token);
        return answer.StatusCode;
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (var i = 0; i < 400 && !isSo(); i++)
        {
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }

        Assert.True(isSo());
    }
}
