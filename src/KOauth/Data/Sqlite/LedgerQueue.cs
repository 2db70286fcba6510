namespace KOauth.Data.Sqlite;

/// <summary>Turns that wait for the writer, in order, and not more than it can promise to take soon.</summary>
internal sealed class LedgerQueue
{
    public const int Capacity = 4096;

    private readonly object _lock = new(); // a Monitor, because the writer's thread sleeps on it
    private readonly Queue<LedgerTurn> _turns = new();
    private bool _closed;

    /// <summary>False when it is full or closed: then the answer is busy.</summary>
    public bool TryAdd(LedgerTurn turn)
    {
        lock (_lock)
        {
            if (_closed || _turns.Count == Capacity)
            {
                return false;
            }

            _turns.Enqueue(turn);
            if (_turns.Count == 1)
            {
                Monitor.Pulse(_lock);
            }

            return true;
        }
    }

    /// <summary>Sleeps until there is a turn. False when it is closed and empty.</summary>
    public bool Wait()
    {
        lock (_lock)
        {
            while (_turns.Count == 0)
            {
                if (_closed)
                {
                    return false;
                }

                Monitor.Wait(_lock);
            }

            return true;
        }
    }

    /// <summary>Moves the oldest turns into <paramref name="batch"/>, as many as it holds.</summary>
    public int Take(LedgerTurn[] batch)
    {
        lock (_lock)
        {
            var count = Math.Min(batch.Length, _turns.Count);
            for (var i = 0; i < count; i++)
            {
                batch[i] = _turns.Dequeue();
            }

            return count;
        }
    }

    /// <summary>Takes nothing more; what waits is still served.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.PulseAll(_lock);
        }
    }
}
