using KOauth.Data;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Grants;

/// <summary>
/// Every hour deletes grants that ended or expired more than a day ago. A younger row stays, because it is what tells a replayed
/// code from a new one. It walks the table in pages and deletes in small batches: no index makes refreshes dearer for its sake,
/// and nobody waits long behind it. It also empties the tables whose rows have an end.
/// </summary>
internal sealed partial class GrantSweep(
    IDbContextFactory<KOauthDb> databases, StoreSettings settings, TimeProvider clock, ILogger<GrantSweep> logger) : BackgroundService
{
    private const int PageSize = 1000;
    private const int BatchSize = 200;

    private static readonly TimeSpan _kept = TimeSpan.FromDays(1);

    /// <summary>Far longer than a code lives.</summary>
    private static readonly TimeSpan _youth = TimeSpan.FromHours(1);

    public async Task SweepAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var grants = 0;
        Guid? last = Guid.Empty;
        while (last is { } after)
        {
            (last, var deleted) = await SweepPageAsync(after, now, ct);
            grants += deleted;
        }

        var others = await SweepShortLivedAsync(now, ct);
        if (grants + others > 0)
        {
            LogSwept(grants, others);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure);
            }
        }
    }

    private async Task<int> SweepShortLivedAsync(DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        var deleted = await db.AnsweredFlows.Where(f => f.ExpiresAt <= now).ExecuteDeleteAsync(ct)
            + await db.DeniedTokens.Where(d => d.ExpiresAt <= now).ExecuteDeleteAsync(ct)
            + await db.UsedIds.Where(u => u.ExpiresAt <= now).ExecuteDeleteAsync(ct)
            + await db.EndedGrants.Where(e => e.EndedAt <= now - _kept).ExecuteDeleteAsync(ct)
            + await db.DeviceCodes.Where(d => d.ExpiresAt <= now - _youth).ExecuteDeleteAsync(ct)
            + await db.SessionClients.Where(c => c.ExpiresAt <= now).ExecuteDeleteAsync(ct)
            + await db.AccountLinks.Where(l => l.ExpiresAt <= now - _kept).ExecuteDeleteAsync(ct);
        await write.CommitAsync(ct);
        return deleted;
    }

    /// <summary>The last id of the page, or null when it was the last page; and how many grants of it are gone.</summary>
    private async Task<(Guid? Last, int Deleted)> SweepPageAsync(Guid after, DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var page = await db.Grants
            .Where(g => g.Id.CompareTo(after) > 0)
            .OrderBy(g => g.Id)
            .Select(g => new { g.Id, g.CreatedAt, g.ExpiresAt, g.LastUsedAt, g.EndedAt })
            .Take(PageSize)
            .ToListAsync(ct);
        var over = page
            .Where(g => g.CreatedAt < now - _youth)
            .Where(g => g.EndedAt < now - _kept || g.ExpiresAt < now - _kept || g.LastUsedAt + settings.RefreshIdle < now - _kept)
            .Select(g => g.Id);
        var deleted = 0;
        foreach (var batch in over.Chunk(BatchSize))
        {
            await using var write = await db.BeginWriteAsync(ct);
            deleted += await db.Grants.Where(g => batch.Contains(g.Id)).ExecuteDeleteAsync(ct);
            await write.CommitAsync(ct);
        }

        return (page.Count == PageSize ? page[^1].Id : null, deleted);
    }

    [LoggerMessage(LogLevel.Information, "Deleted what had run out: {Grants} grants, {Others} short-lived rows.")]
    private partial void LogSwept(int grants, int others);

    [LoggerMessage(LogLevel.Error, "Could not delete grants that have run out. It is tried again in an hour.")]
    private partial void LogFailed(Exception failure);
}
