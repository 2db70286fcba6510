using KOauth.Data;
using KOauth.Keys;

namespace KOauth;

/// <summary>What must have happened before anything listens or runs in the background: the directory is ours, the schema current, the keys whole.</summary>
internal sealed class StoreStart(IServiceProvider services, KeyRing keys) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await services.StartDataAsync(cancellationToken);
        await keys.LoadAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
