using KOauth.Data;
using Microsoft.EntityFrameworkCore;

namespace KOauth.People;

/// <summary>Every minute writes down which sessions were seen, and every hour deletes what has run out.</summary>
internal sealed partial class PeopleSweep(
    IDbContextFactory<KOauthDb> databases, Sessions sessions, TimeProvider clock, ILogger<PeopleSweep> logger) : BackgroundService
{
    /// <summary>Longer than any limit remembers a failure.</summary>
    private static readonly TimeSpan _attemptsKept = TimeSpan.FromDays(2);

    /// <summary>Where somebody signed in from is nobody's business after that.</summary>
    private static readonly TimeSpan _addressesKept = TimeSpan.FromDays(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        for (var minute = 0; await timer.WaitForNextTickAsync(stoppingToken); minute++)
        {
            try
            {
                await sessions.WriteSeenAsync(stoppingToken);
                if (minute % 60 == 0)
                {
                    await SweepAsync(stoppingToken);
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure);
            }
        }
    }

    public async Task SweepAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (idle, attempts, addresses) = (now - Sessions.Idle, now - _attemptsKept, now - _addressesKept);
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        var ended = await db.Sessions.Where(s => s.ExpiresAt <= now || s.LastSeenAt <= idle).ExecuteDeleteAsync(ct);
        await db.Sessions.Where(s => s.AuthenticatedAt <= addresses && s.Address != null)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.Address, (string?)null), ct);
        var forgotten = await db.SignInAttempts.Where(a => a.LastFailureAt <= attempts).ExecuteDeleteAsync(ct);
        var links = await db.SetupLinks.Where(l => l.ExpiresAt <= now).ExecuteDeleteAsync(ct);
        await write.CommitAsync(ct);
        if (ended + forgotten + links > 0)
        {
            LogSwept(ended, forgotten, links);
        }
    }

    [LoggerMessage(LogLevel.Information, "Deleted what had run out: {Sessions} sessions, {Attempts} counts of sign-in attempts, {Links} setup links.")]
    private partial void LogSwept(int sessions, int attempts, int links);

    [LoggerMessage(LogLevel.Error, "Could not write down sessions or delete what has run out. It is tried again in a minute.")]
    private partial void LogFailed(Exception failure);
}
