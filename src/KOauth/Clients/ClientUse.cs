using System.Collections.Concurrent;
using KOauth.Data;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Clients;

/// <summary>
/// When clients last got a token. A request costs a look into memory; the database hears of a client once an hour at most, many
/// clients at a time, and of a new one within a minute. The times are for lists and for the clean-up, which counts in days.
/// </summary>
internal sealed partial class ClientUse(IDbContextFactory<KOauthDb> databases, TimeProvider clock, ILogger<ClientUse> logger) : BackgroundService
{
    private const int BatchSize = 200;
    private const int MaxRemembered = 100_000;

    private static readonly TimeSpan _often = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<int, DateTimeOffset> _told = new();
    private readonly ConcurrentQueue<int> _new = new();

    public void Note(Client client)
    {
        var now = clock.GetUtcNow();
        if (_told.TryGetValue(client.Key, out var told) && now - told < _often)
        {
            return;
        }

        _told[client.Key] = now;
        _new.Enqueue(client.Key);
    }

    public async Task WriteAsync(CancellationToken ct)
    {
        if (_told.Count > MaxRemembered)
        {
            _told.Clear();
        }

        while (Take() is { Count: > 0 } keys)
        {
            var now = clock.GetUtcNow();
            await using var db = await databases.CreateDbContextAsync(ct);
            await using var write = await db.BeginWriteAsync(ct);
            await db.Clients.Where(c => keys.Contains(c.Key)).ExecuteUpdateAsync(c => c.SetProperty(x => x.LastUsedAt, now), ct);
            await write.CommitAsync(ct);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryWriteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await TryWriteAsync(stoppingToken);
        }
    }

    private async Task TryWriteAsync(CancellationToken ct)
    {
        try
        {
            await WriteAsync(ct);
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            LogFailed(failure);
        }
    }

    private HashSet<int> Take()
    {
        var keys = new HashSet<int>();
        while (keys.Count < BatchSize && _new.TryDequeue(out var key))
        {
            keys.Add(key);
        }

        return keys;
    }

    [LoggerMessage(LogLevel.Error, "Could not write down which clients were used. The next use of each is written again in an hour.")]
    private partial void LogFailed(Exception failure);
}
