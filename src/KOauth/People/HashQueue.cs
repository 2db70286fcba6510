namespace KOauth.People;

/// <summary>
/// Lets few password checks run at once and few wait. One costs 19 MiB and 20 ms of a core: without a bound, a flood of sign-ins
/// would take the memory and every core from the token endpoint. Whoever finds the queue full is told to come back.
/// </summary>
internal sealed class HashQueue : IDisposable
{
    public const int Places = 64;

    /// <summary>Half of the cores: the other half keeps answering applications.</summary>
    private readonly SemaphoreSlim _running = new(Math.Max(1, Environment.ProcessorCount / 2));
    private int _taken;

    /// <summary>A place in the queue, or null when it is full. Dispose it when the check is over.</summary>
    public Place? TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= Places)
        {
            return new Place(this);
        }

        Interlocked.Decrement(ref _taken);
        return null;
    }

    public void Dispose() => _running.Dispose();

    internal sealed class Place(HashQueue queue) : IDisposable
    {
        private int _left;

        /// <summary>Runs the work on a thread of the pool when its turn comes.</summary>
        public async Task<T> RunAsync<T>(Func<T> work, CancellationToken ct)
        {
            await queue._running.WaitAsync(ct);
            try
            {
                return await Task.Run(work, CancellationToken.None);
            }
            finally
            {
                queue._running.Release();
            }
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                Interlocked.Decrement(ref queue._taken);
            }
        }
    }
}
