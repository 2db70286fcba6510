using KOauth.Data;
using KOauth.Grants;
using KOauth.Tests.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.Grants;

public sealed class GrantSweepTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new(services => services.AddSingleton<GrantSweep>());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DateTimeOffset Now => _database.Time.GetUtcNow();

    public async ValueTask InitializeAsync() => await _database.Services.StartDataAsync(Ct);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [Trait("check", "A-87")]
    [InlineData("in use", true)]
    [InlineData("ended 23 hours ago", true)]
    [InlineData("ended 25 hours ago", false)]
    [InlineData("expired 23 hours ago", true)]
    [InlineData("expired 25 hours ago", false)]
    [InlineData("idle for 30 days", true)]
    [InlineData("idle for 31 days and an hour", false)]
    [InlineData("a minute old", true)]
    public async Task A_grant_goes_a_day_after_its_end(string which, bool stays)
    {
        var grant = Grant();
        switch (which)
        {
            case "ended 23 hours ago": grant.EndedAt = Now.AddHours(-23); break;
            case "ended 25 hours ago": grant.EndedAt = Now.AddHours(-25); break;
            case "expired 23 hours ago": grant.ExpiresAt = Now.AddHours(-23); break;
            case "expired 25 hours ago": grant.ExpiresAt = Now.AddHours(-25); break;
            case "idle for 30 days": grant.LastUsedAt = Now.AddDays(-30); break;
            case "idle for 31 days and an hour": grant.LastUsedAt = Now.AddDays(-31).AddHours(-1); break;
            case "a minute old": (grant.CreatedAt, grant.ExpiresAt) = (Now.AddMinutes(-1), DateTimeOffset.UnixEpoch); break;
        }

        await AddAsync(grant);
        await _database.Get<GrantSweep>().SweepAsync(Ct);

        await using var db = _database.Open();
        Assert.Equal(stays, await db.Grants.AnyAsync(Ct));
    }

    [Fact]
    public async Task Every_page_of_a_large_table_is_swept()
    {
        var over = Enumerable.Range(0, 1500).Select(_ => Grant()).ToList();
        over.ForEach(g => g.EndedAt = Now.AddDays(-2));
        var alive = Enumerable.Range(0, 1500).Select(_ => Grant()).ToList();
        await AddAsync([.. over, .. alive]);

        await _database.Get<GrantSweep>().SweepAsync(Ct);

        await using var db = _database.Open();
        Assert.Equal(alive.Select(g => g.Id).ToHashSet(), [.. await db.Grants.Select(g => g.Id).ToListAsync(Ct)]);
    }

    [Fact]
    public async Task A_denied_flow_goes_when_its_ticket_would_have_expired()
    {
        await AddAsync(
            new AnsweredFlow { GrantId = Guid.NewGuid(), ExpiresAt = Now },
            new AnsweredFlow { GrantId = Guid.NewGuid(), ExpiresAt = Now.AddSeconds(1) });

        await _database.Get<GrantSweep>().SweepAsync(Ct);

        await using var db = _database.Open();
        Assert.Equal(Now.AddSeconds(1), (await db.AnsweredFlows.SingleAsync(Ct)).ExpiresAt);
    }

    private Grant Grant() => new()
    {
        Id = Guid.NewGuid(),
        UserId = Guid.NewGuid(),
        Scopes = "",
        CreatedAt = Now.AddDays(-60),
        LastUsedAt = Now.AddDays(-1),
        ExpiresAt = Now.AddDays(30),
        Recent = [],
        Story = "KABCDEF",
    };

    private async Task AddAsync(params object[] rows)
    {
        await using var db = _database.Open();
        db.AddRange(rows);
        await db.SaveChangesAsync(Ct);
    }
}
