namespace KOauth.Data;

/// <summary>
/// All writes of this process pass here, one after the other, in the order in which they came. On release the gate is handed
/// to the head of the queue: a plain semaphore lets whoever asks next barge in, and the ledger, which always asks next, would
/// starve everybody else for seconds.
/// </summary>
internal sealed class WriteGate
{
    /// <summary>Longer than SQLite waits for another process; whoever waits longer waits for a deadlock.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private bool _taken;

    /// <summary>How many wait; for tests and metrics.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>For the ledger's own thread and for the framework's synchronous saves.</summary>
    public Pass Enter()
    {
        var turn = Queue();
        if (turn is not null && !turn.Task.Wait(_patience))
        {
            GiveUp(turn);
        }

        return new Pass(this);
    }

    public async ValueTask<Pass> EnterAsync(CancellationToken ct)
    {
        var turn = Queue();
        if (turn is null)
        {
            return new Pass(this);
        }

        try
        {
            await turn.Task.WaitAsync(_patience, ct);
        }
        catch (TimeoutException)
        {
            GiveUp(turn);
        }
        catch (OperationCanceledException)
        {
            // The turn may have come in the same moment; then it is handed on.
            if (!turn.TrySetCanceled(CancellationToken.None))
            {
                Release();
            }

            throw;
        }

        return new Pass(this);
    }

    private TaskCompletionSource? Queue()
    {
        lock (_lock)
        {
            if (!_taken)
            {
                _taken = true;
                return null;
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
            return turn;
        }
    }

    /// <summary>Returns if the turn came in the last moment.</summary>
    private static void GiveUp(TaskCompletionSource turn)
    {
        if (turn.TrySetCanceled(CancellationToken.None))
        {
            throw new TimeoutException("A write did not get its turn: another one holds the gate and does not let go.");
        }
    }

    private void Release()
    {
        lock (_lock)
        {
            while (_waiting.TryDequeue(out var next))
            {
                if (next.TrySetResult())
                {
                    return; // still taken, by the next
                }
            }

            _taken = false;
        }
    }

    /// <summary>The right to write, until disposed.</summary>
    internal sealed class Pass(WriteGate gate) : IDisposable
    {
        private WriteGate? _gate = gate;

        public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Release();
    }
}
