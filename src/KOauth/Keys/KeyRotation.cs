using KOauth.Hosting;

namespace KOauth.Keys;

/// <summary>Replaces signing keys on schedule: the new one is published a day before it signs.</summary>
internal sealed partial class KeyRotation(KeyChanges changes, KOauthSettings settings, TimeProvider clock, ILogger<KeyRotation> logger) : BackgroundService
{
    /// <summary>Longer than libraries keep a key set that they do not ask for anew.</summary>
    public static readonly TimeSpan Lead = TimeSpan.FromDays(1);

    public async Task LookAsync(CancellationToken ct)
    {
        foreach (var key in await changes.RotateDueAsync(settings.KeyRotation, Lead, ct))
        {
            LogMade(key.Algorithm, key.Kid, key.ActiveFrom);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the start does not wait for it
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        do // at once, too: a server that is restarted every half hour rotates all the same
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Information, "Made the {Algorithm} key {Kid}; it is published now and signs from {From:u}")]
    private partial void LogMade(string algorithm, string kid, DateTimeOffset from);

    [LoggerMessage(LogLevel.Error, "The signing keys could not be rotated; the present ones stay in use. It is tried again in an hour.")]
    private partial void LogFailed(Exception failure);
}
