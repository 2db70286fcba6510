using KOauth.Data;
using KOauth.Keys;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Health;

/// <summary>Whether this node can serve, and why not. It looks at most once a second, however often it is asked.</summary>
internal sealed partial class Readiness(
    IDbContextFactory<KOauthDb> databases, KeyRing keys, Warnings warnings, IHostApplicationLifetime lifetime, ILogger<Readiness> logger)
    : IDisposable
{
    private static readonly TimeSpan _freshness = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _one = new(1);
    private long _lookedAt;
    private IReadOnlyList<string>? _found;
    private bool _wasReady = true;

    public IEnumerable<string> Warnings => warnings.Open.Select(w => w.Value);

    /// <summary>Empty when ready.</summary>
    public async Task<IReadOnlyList<string>> LookAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            // The machine's time: a test that stands still must see changes, too.
            if (_found is null || lifetime.ApplicationStopping.IsCancellationRequested || TimeProvider.System.GetElapsedTime(_lookedAt) > _freshness)
            {
                _found = [.. await ReasonsAsync(ct)];
                _lookedAt = TimeProvider.System.GetTimestamp();
                Report(_found);
            }

            return _found;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<List<string>> ReasonsAsync(CancellationToken ct)
    {
        var reasons = new List<string>();
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            reasons.Add("The server is stopping.");
        }

        if (!keys.IsLoaded)
        {
            reasons.Add("The keys are not loaded.");
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(_patience);
        try
        {
            await using var db = await databases.CreateDbContextAsync(patience.Token);
            await db.Store.Select(s => s.Id).SingleAsync(patience.Token);
        }
        catch (Exception broken) when (!ct.IsCancellationRequested)
        {
            reasons.Add($"The database does not answer: {broken.Message}");
        }

        return reasons;
    }

    private void Report(IReadOnlyList<string> reasons)
    {
        var isReady = reasons.Count == 0;
        if (isReady != _wasReady)
        {
            _wasReady = isReady;
            if (isReady)
            {
                LogReady();
            }
            else
            {
                LogNotReady(string.Join(' ', reasons));
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Not ready: {Reasons}")]
    private partial void LogNotReady(string reasons);

    [LoggerMessage(LogLevel.Information, "Ready again")]
    private partial void LogReady();
}
