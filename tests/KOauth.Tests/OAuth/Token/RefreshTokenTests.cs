using System.Net;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.OAuth.Token;

/// <summary>A connection stays alive through refreshes, however many agents share it, and dies when it should.</summary>
public sealed class RefreshTokenTests
{
    private static readonly IPAddress _elsewhere = IPAddress.Parse("203.0.113.9");

    [Fact]
    [Trait("check", "A-44")]
    [Trait("check", "RF-01")]
    public async Task Ten_refreshes_in_a_row_each_bring_a_new_pair()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic: true);
        var tokens = await koauth.ConnectAsync(isPublic: true);
        for (var i = 0; i < 10; i++)
        {
            koauth.Clock.Advance(TimeSpan.FromHours(1));
            var next = await koauth.RefreshAsync(tokens.RefreshToken!, isPublic: true);
            Assert.Null(next.Error);
            Assert.NotEqual(tokens.RefreshToken, next.RefreshToken);
            Assert.NotEqual(tokens.AccessToken, next.AccessToken);
            Assert.Equal(tokens.Access.GetClaim("grant_id").Value, next.Access.GetClaim("grant_id").Value);
            tokens = next;
        }
    }

    [Fact]
    [Trait("check", "RF-04")]
    public async Task A_superseded_token_within_the_grace_is_answered_with_the_current_leaf()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        var first = await koauth.RefreshAsync(tokens.RefreshToken!);

        koauth.Clock.Advance(TimeSpan.FromSeconds(20));
        koauth.Address = _elsewhere;
        var anybody = await koauth.RefreshAsync(tokens.RefreshToken!);
        koauth.Address = KOauthApp.Home;
        koauth.Clock.Advance(TimeSpan.FromMinutes(5));
        var sameSource = await koauth.RefreshAsync(tokens.RefreshToken!);

        Assert.Equal(first.RefreshToken, anybody.RefreshToken);
        Assert.Equal(first.RefreshToken, sameSource.RefreshToken);
    }

    [Fact]
    [Trait("check", "RF-04")]
    public async Task Within_the_grace_from_another_source_it_is_refused_and_nothing_ends()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        var first = await koauth.RefreshAsync(tokens.RefreshToken!);
        koauth.Clock.Advance(TimeSpan.FromMinutes(2));
        koauth.Address = _elsewhere;

        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(tokens.RefreshToken!)).Error);
        Assert.Equal("refresh_other_source", koauth.Told[^1].Reason);
        Assert.Null((await koauth.RefreshAsync(first.RefreshToken!)).Error);
    }

    [Fact]
    [Trait("check", "RF-02")]
    [Trait("check", "A-45")]
    public async Task A_token_used_again_after_the_grace_ends_the_whole_grant()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        var first = await koauth.RefreshAsync(tokens.RefreshToken!);
        koauth.Clock.Advance(TimeSpan.FromMinutes(11));

        var replayed = await koauth.RefreshAsync(tokens.RefreshToken!);

        Assert.Equal("invalid_grant", replayed.Error);
        Assert.Equal("refresh_reused", koauth.Told[^1].Reason);
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(first.RefreshToken!)).Error);
        await using var db = koauth.OpenDatabase();
        Assert.Single(await db.Audit.Where(a => a.Action == "grant.ended").ToListAsync());
    }

    [Fact]
    [Trait("check", "RF-12")]
    public async Task Reuse_is_recognised_after_a_restart()
    {
        var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        var first = await koauth.RefreshAsync(tokens.RefreshToken!);
        koauth.Clock.Advance(TimeSpan.FromMinutes(11));
        await using var restarted = await koauth.RestartAsync();

        Assert.Equal("invalid_grant", (await restarted.RefreshAsync(tokens.RefreshToken!)).Error);
        Assert.Equal("invalid_grant", (await restarted.RefreshAsync(first.RefreshToken!)).Error);
    }

    [Fact]
    public async Task Grace_zero_is_strict_rotation()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(change: s => s with { RefreshGrace = TimeSpan.Zero });
        var tokens = await koauth.ConnectAsync();
        var first = await koauth.RefreshAsync(tokens.RefreshToken!);

        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(tokens.RefreshToken!)).Error);
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(first.RefreshToken!)).Error);
    }

    [Fact]
    [Trait("check", "RF-04")]
    public async Task Parallel_agents_never_log_each_other_out_and_there_is_one_leaf()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        for (var round = 0; round < 10; round++)
        {
            using var barrier = new Barrier(20);
            var current = tokens.RefreshToken!;
            var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    barrier.SignalAndWait();
                    return koauth.RefreshAsync(current);
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).Unwrap()));

            Assert.All(replies, r => Assert.Null(r.Error));
            Assert.Single(replies.Select(r => r.RefreshToken).Distinct());
            tokens = replies[0];
            koauth.Clock.Advance(TimeSpan.FromHours(1));
        }
    }

    [Fact]
    [Trait("check", "RF-03")]
    [Trait("check", "RF-14")]
    public async Task Forged_and_malformed_tokens_are_refused_and_end_nothing()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        var good = tokens.RefreshToken!;
        foreach (var bad in new[] { good[..^1] + (good[^1] == 'A' ? 'B' : 'A'), good[..20], good + "A", "kor_", "kor_AAAA", "x", new string('A', 5000) })
        {
            var reply = await koauth.RefreshAsync(bad);
            Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (reply.Status, reply.Error));
        }

        Assert.Null((await koauth.RefreshAsync(good)).Error);
    }

    [Fact]
    [Trait("check", "RF-03")]
    [Trait("check", "RF-08")]
    public async Task A_token_of_another_client_is_refused_and_stays_good()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddClientAsync("other");
        var tokens = await koauth.ConnectAsync();
        var first = await koauth.RefreshAsync(tokens.RefreshToken!);
        koauth.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(tokens.RefreshToken!, "other")).Error);
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(first.RefreshToken!, "other")).Error);
        Assert.Null((await koauth.RefreshAsync(first.RefreshToken!)).Error);
    }

    [Theory]
    [InlineData("notes:read notes:write openid", "notes:read notes:write")]
    [InlineData("notes:read unknown", "notes:read")]
    [InlineData("notes:read", "notes:read")]
    [InlineData(null, "notes:read notes:write")]
    [InlineData("unknown", null)]
    [Trait("check", "RF-06")]
    public async Task Scope_narrows_and_never_widens(string? asked, string? granted)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();

        var reply = await koauth.RefreshAsync(tokens.RefreshToken!, changes: ("scope", asked));

        Assert.Equal(granted, reply.Scope);
        Assert.Equal(granted is null ? "invalid_scope" : null, reply.Error);
    }

    [Fact]
    [Trait("check", "RF-07")]
    public async Task Another_resource_is_invalid_target_and_rotates_nothing()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddResourceAsync("https://files.example.test/mcp");
        var tokens = await koauth.ConnectAsync();

        var wrong = await koauth.RefreshAsync(tokens.RefreshToken!, changes: ("resource", "https://files.example.test/mcp"));

        Assert.Equal("invalid_target", wrong.Error);
        koauth.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Null((await koauth.RefreshAsync(tokens.RefreshToken!, changes: ("resource", KOauthApp.NotesUri))).Error);
    }

    [Fact]
    [Trait("check", "RF-17")]
    public async Task A_resource_that_is_gone_makes_the_client_start_over()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        await koauth.ChangeAsync(async db => db.Resources.Remove(await db.Resources.SingleAsync()));

        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(tokens.RefreshToken!, changes: ("resource", KOauthApp.NotesUri))).Error);
        Assert.Equal("resource_gone", koauth.Told[^1].Reason);
    }

    [Fact]
    [Trait("check", "RF-09")]
    public async Task A_connection_ends_when_idle_and_when_old()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(
            change: s => s with { RefreshTokenIdle = TimeSpan.FromHours(3), RefreshTokenLifetime = TimeSpan.FromHours(9) });
        var idle = await koauth.ConnectAsync();
        var used = await koauth.ConnectAsync();
        for (var round = 0; round < 4; round++)
        {
            koauth.Clock.Advance(TimeSpan.FromHours(2));
            used = await koauth.RefreshAsync(used.RefreshToken!);
            Assert.Null(used.Error);
        }

        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(idle.RefreshToken!)).Error);
        Assert.Equal("refresh_idle", koauth.Told[^1].Reason);
        koauth.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(used.RefreshToken!)).Error);
        Assert.Equal("refresh_expired", koauth.Told[^1].Reason);
    }

    [Fact]
    [Trait("check", "RF-11")]
    public async Task A_disabled_person_and_a_disconnected_app_cannot_refresh()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddUserAsync("bob@example.test");
        var alice = await koauth.ConnectAsync();
        await koauth.ChangeUserAsync("alice@example.test", u => u.Disable());
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(alice.RefreshToken!)).Error);

        using var browser = koauth.OpenBrowser();
        var flow = new Flow();
        var bob = await koauth.RedeemAsync(flow, (await browser.ApproveAsync(flow, "bob@example.test"))["code"]);
        await koauth.ChangeAsync(async db => db.Links.Add(new KOauth.Grants.Link
        {
            UserId = (await db.Users.SingleAsync(u => u.Email == "bob@example.test")).Id,
            ClientKey = (await db.Clients.SingleAsync()).Key,
            Epoch = 1,
        }));
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(bob.RefreshToken!)).Error);
    }

    [Fact]
    [Trait("check", "A-11")]
    [Trait("check", "RF-11")]
    public async Task An_inactive_clients_grants_sleep()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        await koauth.ChangeClientAsync("app", c => c.Active = false);

        Assert.Equal("invalid_client", (await koauth.RefreshAsync(tokens.RefreshToken!)).Error);
        Assert.Equal("client_inactive", koauth.Told[^1].Reason);
        await koauth.ChangeClientAsync("app", c => c.Active = true);
        Assert.Null((await koauth.RefreshAsync(tokens.RefreshToken!)).Error);
    }

    [Fact]
    [Trait("check", "A-46")]
    public async Task Tokens_outlive_a_restart()
    {
        var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        await using var restarted = await koauth.RestartAsync();

        var refreshed = await restarted.RefreshAsync(tokens.RefreshToken!);

        Assert.Null(refreshed.Error);
        Assert.Equal(tokens.Access.Kid, refreshed.Access.Kid);
    }

    [Fact]
    public async Task A_token_newer_than_the_database_is_refused_and_ends_nothing()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        var newer = await koauth.RefreshAsync(tokens.RefreshToken!);
        await koauth.ChangeAsync(async db => (await db.Grants.SingleAsync()).Generation = 0);

        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(newer.RefreshToken!)).Error);
        Assert.Equal("refresh_from_the_future", koauth.Told[^1].Reason);
        Assert.Null((await koauth.RefreshAsync(tokens.RefreshToken!)).Error);
    }
}
