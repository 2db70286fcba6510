using KOauth.Grants;

namespace KOauth.Tests.OAuth.Token;

/// <summary>A network that loses answers after the server has done its work: nobody has to sign in again for that.</summary>
public sealed class LostAnswersTests
{
    private const int Refreshes = 300;
    private const int LosesOneIn = 5;

    [Fact]
    [Trait("check", "R-02")]
    public async Task A_refresh_whose_answer_was_lost_works_when_it_is_asked_again()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic: true);
        var tokens = await koauth.ConnectAsync(isPublic: true);
        var (held, lost) = (tokens.RefreshToken!, 0);
        for (var i = 0; i < Refreshes; i++)
        {
            var reply = await koauth.RefreshAsync(held, isPublic: true);
            for (var tries = i % LosesOneIn == 0 ? 1 + (i % 3) : 0; tries > 0; tries--)
            {
                lost++;
                koauth.Clock.Advance(TimeSpan.FromSeconds(i % 10));
                reply = await koauth.RefreshAsync(held, isPublic: true);
            }

            Assert.Null(reply.Error);
            held = reply.RefreshToken!;
            koauth.Clock.Advance(TimeSpan.FromMinutes(5 + (i % 60)));
        }

        Assert.InRange(lost, Refreshes / 10, Refreshes);
        await using var db = koauth.OpenDatabase();
        Assert.Null(Assert.Single(db.Grants).EndedAt);
    }

    [Fact]
    [Trait("check", "R-02")]
    public async Task A_thief_gains_nothing_from_the_patience_with_lost_answers()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic: true);
        var old = (await koauth.ConnectAsync(isPublic: true)).RefreshToken!;
        var current = (await koauth.RefreshAsync(old, isPublic: true)).RefreshToken!;
        koauth.Clock.Advance(Rotation.Anybody + TimeSpan.FromSeconds(1));
        koauth.Address = System.Net.IPAddress.Parse("203.0.113.99");

        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(old, isPublic: true)).Error);

        koauth.Address = KOauthApp.Home;
        Assert.Null((await koauth.RefreshAsync(current, isPublic: true)).Error);
    }

    [Fact]
    [Trait("check", "R-03")]
    public async Task A_code_whose_answer_was_lost_costs_one_more_walk_through_the_pages_and_leaves_nothing_broken()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        for (var i = 0; i < 20; i++)
        {
            var flow = new Flow();
            var code = await browser.CodeAsync(flow);
            Assert.Null((await koauth.RedeemAsync(flow, code)).Error); // nobody hears it
            koauth.Clock.Advance(TimeSpan.FromSeconds(3));
            Assert.Equal("invalid_grant", (await koauth.RedeemAsync(flow, code)).Error);

            var again = await koauth.ConnectAsync();
            Assert.Null((await koauth.RefreshAsync(again.RefreshToken!)).Error);
        }
    }

    [Fact]
    [Trait("check", "R-03")]
    public async Task A_connection_nobody_heard_of_lives_no_longer_than_an_unused_one()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var flow = new Flow();
        using var browser = koauth.OpenBrowser();
        var orphan = await koauth.RedeemAsync(flow, await browser.CodeAsync(flow));
        koauth.Clock.Advance(koauth.Settings.RefreshTokenIdle + TimeSpan.FromSeconds(1));

        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(orphan.RefreshToken!)).Error);
    }
}
