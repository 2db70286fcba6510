using KOauth.People;

namespace KOauth.Account.Setup;

/// <summary>When the server has started and nobody can administer it, says where the link is.</summary>
internal sealed partial class SetupAnnouncement(SetupLinks links, ILogger<SetupAnnouncement> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        // A server that is told to be quiet about warnings (the demo) has nobody to tell.
        if (!logger.IsEnabled(LogLevel.Warning) || !await links.IsNeededAsync(cancellationToken))
        {
            return;
        }

        var link = await links.CreateAsync("server", cancellationToken);
        if (Console.IsOutputRedirected)
        {
            LogWaiting(links.FilePath); // a log is read by more people than the file
        }
        else
        {
            Console.WriteLine($"There is no administrator yet. Open this link within an hour to become it:\n\n    {link}\n");
        }
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Warning, "There is no administrator yet. Open the link in {Path} within an hour to become it; make a new one with: koauth setup-link")]
    private partial void LogWaiting(string path);
}
