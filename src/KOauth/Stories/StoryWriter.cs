using KOauth.Hosting;
using Microsoft.Data.Sqlite;

namespace KOauth.Stories;

/// <summary>
/// Empties the journal's queue into <c>stories.db</c>, many events a transaction, well within a second. If the file cannot be
/// written, requests do not notice: the writer tries again, the queue fills, and what does not fit is dropped and counted.
/// </summary>
internal sealed partial class StoryWriter(Journal journal, KOauthSettings settings, StoryLimits limits, TimeProvider clock, ILogger<StoryWriter> logger)
    : BackgroundService
{
    private const int LargestBatch = 4096;
    private const int Tries = 5;

    // Ten times as long is a tenth of the pages written when many connections refresh.
    private static readonly TimeSpan _gathering = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _betweenCleanUps = TimeSpan.FromMinutes(10);

    private SqliteConnection? _connection;
    private StoryInserts? _inserts;
    private StoryCleanUp? _cleanUp;
    private DateTimeOffset _nextCleanUp;

    public override void Dispose()
    {
        Close();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // opening the file must not delay the start
        var batch = new List<StoryEvent>(LargestBatch);
        try
        {
            while (true)
            {
                if (!CleanUp())
                {
                    await WaitForEventsAsync(stoppingToken);
                }

                stoppingToken.ThrowIfCancellationRequested();
                await WriteAllAsync(batch, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await WriteAllAsync(batch, CancellationToken.None); // what was told before the stop
        }
        finally
        {
            Close();
        }
    }

    // The machine's time, not the store's: a test that stands still must see its stories, too.
    private async Task WaitForEventsAsync(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(_betweenCleanUps);
        try
        {
            await journal.Queue.WaitToReadAsync(patience.Token);
            await journal.GatherAsync(_gathering, ct);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Nothing happened for a while: time to clean up.
        }
    }

    private async Task WriteAllAsync(List<StoryEvent> batch, CancellationToken ct)
    {
        do
        {
            while (batch.Count < LargestBatch && journal.Queue.TryRead(out var happened))
            {
                batch.Add(happened);
            }

            await WriteAsync(batch, ct);
            journal.Finish(batch.Count);
            batch.Clear();
        }
        while (journal.Queue.TryPeek(out _));

        if (journal.TakeDropped() is var dropped and > 0)
        {
            LogDropped(dropped);
        }
    }

    private async Task WriteAsync(List<StoryEvent> batch, CancellationToken ct)
    {
        for (var attempt = 1; batch.Count > 0; attempt++)
        {
            try
            {
                Open();
                _inserts!.Write(batch);
                return;
            }
            catch (Exception broken) when (broken is not OperationCanceledException) // whatever it is, the server goes on
            {
                Close();
                if (attempt == Tries || !ct.CanBeCanceled)
                {
                    LogLost(broken, batch.Count);
                    return;
                }

                if (attempt == 1)
                {
                    LogFailed(broken);
                }

                await Task.Delay(_pause, ct);
            }
        }
    }

    /// <summary>One piece, when it is time; true when there is more to do.</summary>
    private bool CleanUp()
    {
        var now = clock.GetUtcNow();
        if (now < _nextCleanUp)
        {
            return false;
        }

        try
        {
            Open();
            if (_cleanUp!.Step(now))
            {
                return true;
            }
        }
        catch (Exception broken) when (broken is not OperationCanceledException) // whatever it is, the server goes on
        {
            Close();
            LogFailed(broken);
        }

        _nextCleanUp = now + _betweenCleanUps;
        return false;
    }

    private void Open()
    {
        if (_connection is not null)
        {
            return;
        }

        _connection = StoryFile.OpenToWrite(settings.StoriesFile, out var movedTo);
        _inserts = new StoryInserts(_connection);
        _cleanUp = new StoryCleanUp(_connection, limits);
        if (movedTo is not null)
        {
            LogBroken(movedTo);
        }
    }

    private void Close()
    {
        _inserts?.Dispose();
        _connection?.Dispose();
        _inserts = null;
        _connection = null;
    }

    [LoggerMessage(LogLevel.Warning, "{Count} story events were dropped because they came faster than they could be written; their log lines are complete")]
    private partial void LogDropped(long count);

    [LoggerMessage(LogLevel.Error, "Stories cannot be written at the moment; requests are not affected")]
    private partial void LogFailed(Exception broken);

    [LoggerMessage(LogLevel.Error, "{Count} story events could not be written and are lost; their log lines are complete")]
    private partial void LogLost(Exception broken, int count);

    [LoggerMessage(LogLevel.Error, "The file of the stories was broken; it was moved to {File} and a new one begun")]
    private partial void LogBroken(string file);
}
