using Microsoft.EntityFrameworkCore;

namespace KOauth.Data;

/// <summary>Looks twice a second whether a command or another node changed what this process keeps in memory.</summary>
internal sealed partial class ConfigPoll(IDbContextFactory<KOauthDb> databases, ConfigWatch watch, ILogger<ConfigPoll> logger)
    : BackgroundService
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The machine's time, not the store's: a test that stands still must see changes, too.
        using var timer = new PeriodicTimer(_interval, TimeProvider.System);
        var failed = false;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
                failed = false;
            }
            catch (Exception broken) when (broken is not OperationCanceledException)
            {
                if (!failed)
                {
                    LogFailed(broken);
                }

                failed = true; // said once an outage, not twice a second
            }
        }
    }

    public async Task LookAsync(CancellationToken ct)
    {
        await using var db = databases.CreateDbContext();
        watch.Saw(await db.Store.Select(s => s.ConfigVersion).SingleAsync(ct));
    }

    [LoggerMessage(LogLevel.Error, "The database does not answer; what is kept in memory may be out of date until it does")]
    private partial void LogFailed(Exception broken);
}
