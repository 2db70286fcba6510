using KOauth.Clients;
using KOauth.Data;
using KOauth.Grants;
using KOauth.People;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Data;

public sealed class LedgerTests : IAsyncLifetime
{
    private const long Home = 7;
    private const long Elsewhere = 8;

    private readonly TestDatabase _database = new();
    private readonly User _alice = new() { Id = Guid.NewGuid(), UserName = "alice", Email = "alice@example.com" };
    private readonly Client _notes = new() { ClientId = "notes", Name = "Notes" };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ILedger Ledger => _database.Get<ILedger>();

    public async ValueTask InitializeAsync()
    {
        await _database.Services.StartDataAsync(Ct);
        await using var db = _database.Open();
        db.AddRange(_alice, _notes);
        await db.SaveChangesAsync(Ct);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    [Trait("check", "A-84")]
    public async Task A_redeemed_grant_reads_back_as_it_was_written()
    {
        var grant = Sealed();
        grant.Binding = [1, 2, 3];
        await Redeemed(grant);

        var read = (await Ledger.FindAsync(grant.Id, Ct))!;

        Assert.True(read is { IsAlive: true, IsClientActive: true });
        Assert.Equivalent(grant, read.Grant, strict: true);
        await using var db = _database.Open(); // and the cold paths see the same
        Assert.Equivalent(grant, await db.Grants.SingleAsync(Ct), strict: true);
    }

    [Fact]
    public async Task An_unknown_grant_is_null() => Assert.Null(await Ledger.FindAsync(Guid.NewGuid(), Ct));

    [Fact]
    [Trait("check", "TK-29")]
    public async Task Of_fifty_parallel_redemptions_of_one_code_one_wins()
    {
        var codes = Enumerable.Range(0, 100).Select(_ => Guid.NewGuid()).ToList();

        await foreach (var (code, outcomes) in AtOnce(codes, code => Ledger.RedeemAsync(Sealed(code), Ct)))
        {
            Assert.Single(outcomes, o => o.Ok(out _, out _));
            Assert.Equal(49, outcomes.Count(o => !o.Ok(out _, out var refusal) && refusal.Reason == Reasons.CodeUsed));
            Assert.True((await Ledger.FindAsync(code, Ct))!.IsAlive); // all from one source within 10 s
        }
    }

    [Theory]
    [Trait("check", "A-39")]
    [InlineData(Home, 10, true)]
    [InlineData(Home, 11, false)]
    [InlineData(Elsewhere, 0, false)]
    public async Task A_replayed_code_ends_its_grant_unless_it_comes_at_once_from_the_same_source(long source, int seconds, bool lives)
    {
        var grant = await Redeemed(Sealed());
        _database.Time.Advance(TimeSpan.FromSeconds(seconds));

        var replay = await Ledger.RedeemAsync(Sealed(grant.Id, source), Ct);

        Assert.Equal(Reasons.CodeUsed, Reason(replay));
        var row = (await Ledger.FindAsync(grant.Id, Ct))!;
        Assert.Equal(lives, row.IsAlive);
        Assert.Equal(lives ? null : "code_used", row.Grant.EndedBy);
        Assert.Equal(lives ? 0 : 1, await Audited(grant.Id, "code_used"));
    }

    [Fact]
    public async Task A_second_replay_ends_nothing_twice()
    {
        var grant = await Redeemed(Sealed());

        await Ledger.RedeemAsync(Sealed(grant.Id, Elsewhere), Ct);
        await Ledger.RedeemAsync(Sealed(grant.Id, Elsewhere), Ct);

        Assert.Equal(1, await Audited(grant.Id, "code_used"));
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task Whatever_ends_access_ends_codes_not_redeemed_and_grants_in_use(string what)
    {
        var used = await Redeemed(Sealed());
        await Cut(what);

        var redeem = await Ledger.RedeemAsync(Sealed(), Ct);
        var rotate = await Ledger.RotateAsync(used.Id, 0, Home, Ct);

        Assert.Equal(Reasons.GrantEnded, Reason(redeem));
        Assert.Equal(Reasons.RefreshGrantEnded, Reason(rotate));
        Assert.False((await Ledger.FindAsync(used.Id, Ct))!.IsAlive);
    }

    public static TheoryData<string> Cuts => ["disable", "reset", "delete user", "disconnect", "delete client", "end client", "revoke all"];

    [Fact]
    [Trait("check", "A-11")]
    public async Task The_grants_of_an_inactive_client_sleep()
    {
        var grant = await Redeemed(Sealed());
        await Change(db => db.Clients.Single().Active = false);

        Assert.Equal(Reasons.ClientInactive, Reason(await Ledger.RedeemAsync(Sealed(), Ct)));
        Assert.Equal(Reasons.ClientInactive, Reason(await Ledger.RotateAsync(grant.Id, 0, Home, Ct)));
        Assert.True(await Ledger.FindAsync(grant.Id, Ct) is { IsAlive: true, IsClientActive: false });

        await Change(db => db.Clients.Single().Active = true);
        Assert.Equal(1, Value(await Ledger.RotateAsync(grant.Id, 0, Home, Ct)).Generation);
    }

    [Fact]
    public async Task A_refresh_moves_the_grant_one_generation_on()
    {
        var grant = await Redeemed(Sealed());
        _database.Time.Advance(TimeSpan.FromHours(1));

        var rotated = Value(await Ledger.RotateAsync(grant.Id, 0, Home, Ct));

        Assert.Equal((1, false), (rotated.Generation, rotated.Again));
        var row = (await Ledger.FindAsync(grant.Id, Ct))!.Grant;
        Assert.Equal((1, _database.Time.GetUtcNow()), (row.Generation, row.LastUsedAt));
    }

    [Fact]
    [Trait("check", "RF-04")]
    public async Task Fifty_parallel_refreshes_with_one_token_get_one_leaf()
    {
        var grants = new List<Guid>();
        for (var i = 0; i < 20; i++)
        {
            grants.Add((await Redeemed(Sealed())).Id);
        }

        await foreach (var (grant, outcomes) in AtOnce(grants, grant => Ledger.RotateAsync(grant, 0, Home, Ct)))
        {
            Assert.All(outcomes, o => Assert.Equal(1, Value(o).Generation));
            Assert.Single(outcomes, o => !Value(o).Again);
            Assert.Equal(1, (await Ledger.FindAsync(grant, Ct))!.Grant.Generation);
        }
    }

    [Fact]
    [Trait("check", "RF-02")]
    public async Task A_token_used_after_the_grace_ends_the_grant_and_its_successor()
    {
        var grant = await Redeemed(Sealed());
        await Ledger.RotateAsync(grant.Id, 0, Home, Ct);
        _database.Time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(Reasons.RefreshReused, Reason(await Ledger.RotateAsync(grant.Id, 0, Home, Ct)));

        Assert.Equal(Reasons.RefreshGrantEnded, Reason(await Ledger.RotateAsync(grant.Id, 1, Home, Ct)));
        Assert.Equal(1, await Audited(grant.Id, "refresh_reused"));
    }

    [Fact]
    public async Task A_superseded_token_from_another_network_is_refused_and_ends_nothing()
    {
        var grant = await Redeemed(Sealed());
        await Ledger.RotateAsync(grant.Id, 0, Home, Ct);
        _database.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(Reasons.RefreshOtherSource, Reason(await Ledger.RotateAsync(grant.Id, 0, Elsewhere, Ct)));

        Assert.Equal((1, true), Answer(await Ledger.RotateAsync(grant.Id, 0, Home, Ct)));
        Assert.Equal((2, false), Answer(await Ledger.RotateAsync(grant.Id, 1, Home, Ct)));
    }

    [Fact]
    public async Task A_token_newer_than_the_database_is_refused_and_the_owner_warned()
    {
        var grant = await Redeemed(Sealed());

        Assert.Equal(Reasons.RefreshFromTheFuture, Reason(await Ledger.RotateAsync(grant.Id, 1, Home, Ct)));

        Assert.True((await Ledger.FindAsync(grant.Id, Ct))!.IsAlive);
        Assert.Contains(_database.Get<Warnings>().Open, w => w.Key == Warnings.RestoredFromBackup);
    }

    [Fact]
    public async Task A_refresh_of_no_grant_is_refused() =>
        Assert.Equal(Reasons.RefreshUnknown, Reason(await Ledger.RotateAsync(Guid.NewGuid(), 0, Home, Ct)));

    [Fact]
    public async Task A_grant_has_an_end_however_often_it_is_used()
    {
        var grant = await Redeemed(Sealed());
        for (var week = 0; week < 12; week++)
        {
            _database.Time.Advance(TimeSpan.FromDays(7));
            Assert.Equal((week + 1, false), Answer(await Ledger.RotateAsync(grant.Id, week, Home, Ct)));
        }

        _database.Time.Advance(TimeSpan.FromDays(6));

        Assert.Equal(Reasons.RefreshExpired, Reason(await Ledger.RotateAsync(grant.Id, 12, Home, Ct)));
    }

    [Fact]
    public async Task A_grant_not_used_for_long_is_refreshed_no_more()
    {
        var grant = await Redeemed(Sealed());
        _database.Time.Advance(TimeSpan.FromDays(30));
        Assert.Equal((1, false), Answer(await Ledger.RotateAsync(grant.Id, 0, Home, Ct)));

        _database.Time.Advance(TimeSpan.FromDays(30) + TimeSpan.FromSeconds(1));

        Assert.Equal(Reasons.RefreshIdle, Reason(await Ledger.RotateAsync(grant.Id, 1, Home, Ct)));
    }

    [Fact]
    public async Task A_grant_ends_once_with_who_and_why()
    {
        var grant = await Redeemed(Sealed());

        Assert.True(await Ledger.EndAsync(grant.Id, "revoked", "user:alice", Ct));
        Assert.False(await Ledger.EndAsync(grant.Id, "revoked", "user:alice", Ct));
        Assert.False(await Ledger.EndAsync(Guid.NewGuid(), "revoked", "user:alice", Ct));

        Assert.Equal(1, await Audited(grant.Id, "revoked", "user:alice"));
        Assert.Equal(Reasons.RefreshGrantEnded, Reason(await Ledger.RotateAsync(grant.Id, 0, Home, Ct)));
    }

    private Grant Sealed(Guid? id = null, long source = Home)
    {
        var now = _database.Time.GetUtcNow();
        return new Grant
        {
            Id = id ?? Guid.NewGuid(),
            UserId = _alice.Id,
            ClientKey = _notes.Key,
            ResourceKey = 3,
            Scopes = "1 2",
            CreatedAt = now,
            ExpiresAt = now.AddDays(90),
            LastUsedAt = now,
            AuthenticatedAt = now.AddMinutes(-1),
            Recent = [],
            RedeemedBy = source,
            Story = "KABCDEF",
        };
    }

    private async Task<Grant> Redeemed(Grant grant)
    {
        Assert.True((await Ledger.RedeemAsync(grant, Ct)).Ok(out var redeemed, out var refusal), refusal?.ToString());
        return redeemed;
    }

    private Task Cut(string what) => what switch
    {
        "disable" => Change(db => db.Users.Single().Disable()),
        "reset" => Change(db => db.Users.Single().Epoch++),
        "delete user" => Change(db => db.Remove(db.Users.Single())),
        "disconnect" => Change(db => db.Add(new Link { UserId = _alice.Id, ClientKey = _notes.Key, Epoch = 1 })),
        "delete client" => Change(db => db.Remove(db.Clients.Single())),
        "end client" => Change(db => db.Clients.Single().Epoch++),
        "revoke all" => Change(db => db.Store.Single().Epoch++),
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };

    private async Task Change(Action<KOauthDb> change)
    {
        await using var db = _database.Open();
        change(db);
        await db.SaveChangesAsync(Ct);
    }

    private async Task<int> Audited(Guid grant, string reason, string actor = "server")
    {
        await using var db = _database.Open();
        return await db.Audit.CountAsync(
            a => a.Action == "grant.ended" && a.Actor == actor && a.Target == $"grant:{grant:N}"
                && a.Changes == $$"""{"reason":"{{reason}}"}""",
            Ct);
    }

    /// <summary>Really at once: fifty threads, held together by a barrier before each round.</summary>
    private static async IAsyncEnumerable<(Guid Id, T[] Outcomes)> AtOnce<T>(List<Guid> rounds, Func<Guid, Task<T>> act)
    {
        using var barrier = new Barrier(50);
        var tasks = rounds.Select(_ => new Task<T>[50]).ToList();
        var threads = Enumerable.Range(0, 50).Select(i => new Thread(() =>
        {
            for (var round = 0; round < rounds.Count; round++)
            {
                barrier.SignalAndWait();
                tasks[round][i] = act(rounds[round]);
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        for (var round = 0; round < rounds.Count; round++)
        {
            yield return (rounds[round], await Task.WhenAll(tasks[round]));
        }
    }

    private static Reason? Reason<T>(Outcome<T> outcome)
        where T : class => outcome.Ok(out _, out var refusal) ? null : refusal.Reason;

    private static T Value<T>(Outcome<T> outcome)
        where T : class
    {
        Assert.True(outcome.Ok(out var value, out var refusal), refusal?.ToString());
        return value;
    }

    private static (int Generation, bool Again) Answer(Outcome<Rotated> outcome) => (Value(outcome).Generation, Value(outcome).Again);
}
