using System.Collections.Concurrent;

namespace KOauth.Hosting;

/// <summary>
/// Token buckets by name, in memory: each holds <paramref name="burst"/>, and gets one back after every <paramref name="refill"/>.
/// A bucket is one number, the moment at which it will be full again; a full one need not be kept.
/// </summary>
internal sealed class Buckets(int burst, TimeSpan refill, TimeProvider clock)
{
    private const int Most = 20_000;

    private readonly ConcurrentDictionary<string, long> _fullAt = new(StringComparer.Ordinal);

    /// <summary>Takes one out: zero, or how long to wait until there is one again (and nothing is taken).</summary>
    public TimeSpan Take(string name)
    {
        var now = clock.GetUtcNow().Ticks;
        while (true)
        {
            var known = _fullAt.TryGetValue(name, out var fullAt);
            var next = Math.Max(known ? fullAt : now, now) + refill.Ticks;
            var wait = next - now - (burst * refill.Ticks);
            if (wait > 0)
            {
                return TimeSpan.FromTicks(wait);
            }

            if (known ? _fullAt.TryUpdate(name, next, fullAt) : _fullAt.TryAdd(name, next))
            {
                Forget(now);
                return TimeSpan.Zero;
            }
        }
    }

    /// <summary>Full buckets need no place. When even the others have none, all begin anew: whoever has so many names is held by other means.</summary>
    private void Forget(long now)
    {
        if (_fullAt.Count <= Most)
        {
            return;
        }

        foreach (var full in _fullAt.Where(b => b.Value <= now))
        {
            _fullAt.TryRemove(full);
        }

        if (_fullAt.Count > Most)
        {
            _fullAt.Clear();
        }
    }
}
