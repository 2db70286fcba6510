using System.Threading.Channels;
using KOauth.Data;

namespace KOauth.Keys;

/// <summary>Has the ring look at the store again whenever configuration changed, at most a few times a second.</summary>
internal sealed partial class KeyReload(KeyRing ring, ConfigWatch watch, Warnings warnings, ILogger<KeyReload> logger) : BackgroundService
{
    // Every registration of a client is a change of configuration, too.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);

    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        watch.Changed += Note;
        Note(); // what changed between loading and now
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        watch.Changed -= Note;
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failed = false;
        await foreach (var _ in _changes.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                var epoch = ring.StoreEpoch;
                await ring.ReloadAsync(stoppingToken);
                failed = false;
                if (ring.StoreEpoch != epoch)
                {
                    warnings.Settle(Warnings.RestoredFromBackup); // koauth restore --finish
                }
            }
            catch (Exception broken) when (broken is not OperationCanceledException)
            {
                if (!failed)
                {
                    LogFailed(broken);
                }

                failed = true;
                Note();
            }

            // The machine's time: a test whose clock stands still must see changes, too.
            await Task.Delay(_pause, TimeProvider.System, stoppingToken);
        }
    }

    private void Note() => _changes.Writer.TryWrite(true);

    [LoggerMessage(LogLevel.Error, "The keys changed and cannot be taken up; the ones in memory stay in use until they can")]
    private partial void LogFailed(Exception broken);
}
