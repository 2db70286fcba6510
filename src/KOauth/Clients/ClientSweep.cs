using KOauth.Hosting;

namespace KOauth.Clients;

/// <summary>Every hour, what <c>koauth client cleanup</c> does by hand.</summary>
internal sealed partial class ClientSweep(
    ClientCleanUp cleanUp, ClientUse use, KOauthSettings settings, TimeProvider clock, ILogger<ClientSweep> logger) : BackgroundService
{
    public async Task SweepAsync(CancellationToken ct)
    {
        await use.WriteAsync(ct);
        var deleted = await cleanUp.DeleteAsync(settings.ClientRetention, "server", ct);
        if (deleted.Count > 0)
        {
            LogSwept(deleted.Count, Duration.Text(settings.ClientRetention));
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

    [LoggerMessage(LogLevel.Information, "Deleted {Clients} clients that registered themselves and were not used for {Time}.")]
    private partial void LogSwept(int clients, string time);

    [LoggerMessage(LogLevel.Error, "Could not delete unused clients. It is tried again in an hour.")]
    private partial void LogFailed(Exception failure);
}
