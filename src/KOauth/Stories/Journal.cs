using System.Threading.Channels;

namespace KOauth.Stories;

/// <summary>
/// Takes events from requests and never delays or fails one: a bounded queue that <see cref="StoryWriter"/> empties, and a log line
/// each. When the queue is full the event is dropped and counted; its log line stays.
/// </summary>
internal sealed class Journal(ILogger<Journal> logger) : IDisposable
{
    private const int Capacity = 16_384;

    private readonly Channel<StoryEvent> _queue = Channel.CreateBounded<StoryEvent>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private long _accepted;
    private long _finished;
    private long _dropped;
    private readonly SemaphoreSlim _hurry = new(0);
    private TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ChannelReader<StoryEvent> Queue => _queue.Reader;

    public void Write(StoryEvent happened)
    {
        var level = happened.Reason is null ? LogLevel.Information : LogLevel.Warning;
        if (logger.IsEnabled(level))
        {
            logger.Log(level, new EventId(0, happened.Name), new StoryLine(happened), null, static (line, _) => line.ToString());
        }

        if (_queue.Writer.TryWrite(happened))
        {
            Interlocked.Increment(ref _accepted);
        }
        else
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Lets events come together for a while, unless somebody waits for them.</summary>
    public async Task GatherAsync(TimeSpan atMost, CancellationToken ct)
    {
        await _hurry.WaitAsync(atMost, ct);
        while (await _hurry.WaitAsync(0, ct))
        {
        }
    }

    /// <summary>The writer is through with so many more, in the order they came.</summary>
    public void Finish(int count)
    {
        Interlocked.Add(ref _finished, count);
        Interlocked.Exchange(ref _progress, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>Waits until everything told so far can be read.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        var told = Interlocked.Read(ref _accepted);
        _hurry.Release();
        while (true)
        {
            var progress = Volatile.Read(ref _progress).Task;
            if (Interlocked.Read(ref _finished) >= told)
            {
                return;
            }

            await progress.WaitAsync(ct);
        }
    }

    public void Dispose() => _hurry.Dispose();

    /// <summary>How many were dropped since this was last asked.</summary>
    public long TakeDropped() => Interlocked.Exchange(ref _dropped, 0);
}
