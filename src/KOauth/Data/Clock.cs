namespace KOauth.Data;

/// <summary>
/// The time of this store: it never steps back, not when the machine's clock is set back and, by the mark kept in the database,
/// not over a restart; so what has expired stays expired. While the machine's clock is behind, time goes on at half its speed
/// until the two meet: standing still, nothing would expire at all.
/// </summary>
internal sealed class Clock(TimeProvider system) : TimeProvider
{
    private readonly Lock _lock = new();
    private long _last;
    private long _crawlFrom;
    private long _crawlStamp;
    private long _crawled;

    public override TimeZoneInfo LocalTimeZone => system.LocalTimeZone;

    public override long TimestampFrequency => system.TimestampFrequency;

    public override DateTimeOffset GetUtcNow()
    {
        var now = system.GetUtcNow().UtcTicks;
        var last = Volatile.Read(ref _last);
        if (last - now > TimeSpan.TicksPerSecond)
        {
            return new DateTimeOffset(Crawl(), TimeSpan.Zero);
        }

        return new DateTimeOffset(Advance(now), TimeSpan.Zero);
    }

    public override long GetTimestamp() => system.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        system.CreateTimer(callback, state, dueTime, period);

    /// <summary>Time begins at <paramref name="mark"/> at the earliest. Returns how far the machine's clock is behind it.</summary>
    public TimeSpan StartFrom(DateTimeOffset mark)
    {
        var behind = mark - system.GetUtcNow();
        Advance(mark.UtcTicks);
        return behind > TimeSpan.Zero ? behind : TimeSpan.Zero;
    }

    private long Advance(long to)
    {
        var last = Volatile.Read(ref _last);
        while (to > last)
        {
            var seen = Interlocked.CompareExchange(ref _last, to, last);
            if (seen == last)
            {
                return to;
            }

            last = seen;
        }

        return last;
    }

    private long Crawl()
    {
        lock (_lock)
        {
            var stamp = system.GetTimestamp();
            var last = Volatile.Read(ref _last);
            if (last != _crawled)
            {
                _crawlFrom = last;
                _crawlStamp = stamp;
            }

            _crawled = Advance(_crawlFrom + (system.GetElapsedTime(_crawlStamp, stamp).Ticks / 2));
            return _crawled;
        }
    }
}
