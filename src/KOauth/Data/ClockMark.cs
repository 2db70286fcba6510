using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Data;

/// <summary>Keeps the highest time seen in the database, so that <see cref="Clock"/> does not step back over a restart.</summary>
internal sealed partial class ClockMark(
    IDbContextFactory<KOauthDb> databases, Clock clock, Warnings warnings, ILogger<ClockMark> logger) : BackgroundService
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _tolerated = TimeSpan.FromSeconds(60);

    private DateTimeOffset _kept;

    /// <summary>At start, before anything asks for the time.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        await using var db = databases.CreateDbContext();
        var mark = await db.Store.Select(s => s.HighWater).SingleAsync(ct);
        var behind = clock.StartFrom(mark);
        if (behind > _tolerated)
        {
            var sentence = string.Create(CultureInfo.InvariantCulture,
                $"The machine's clock is {behind.TotalSeconds:0} seconds behind the last time this server saw ({mark:u}); set it right.");
            warnings.Raise(Warnings.ClockBehind, sentence);
            LogBehind(sentence);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryKeepAsync(cancellationToken);
    }

    public async Task KeepAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (now - _kept < TimeSpan.FromSeconds(1))
        {
            return;
        }

        await using var db = databases.CreateDbContext();
        await using var write = await db.BeginWriteAsync(ct);
        await db.Store.Where(s => s.HighWater < now).ExecuteUpdateAsync(s => s.SetProperty(r => r.HighWater, now), ct);
        await write.CommitAsync(ct);
        _kept = now;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_interval, TimeProvider.System);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await TryKeepAsync(stoppingToken);
        }
    }

    private async Task TryKeepAsync(CancellationToken ct)
    {
        try
        {
            await KeepAsync(ct);
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            LogNotKept(broken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "clock_behind: {Sentence}")]
    private partial void LogBehind(string sentence);

    [LoggerMessage(LogLevel.Warning, "The time could not be kept in the database")]
    private partial void LogNotKept(Exception broken);
}
