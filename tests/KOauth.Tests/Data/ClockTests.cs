using KOauth.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.Data;

public sealed class ClockTests
{
    private static readonly DateTimeOffset _noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private readonly Machine _machine = new() { Now = _noon };
    private readonly Clock _clock;

    public ClockTests() => _clock = new Clock(_machine);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Time_follows_the_machine_forward()
    {
        Assert.Equal(_noon, _clock.GetUtcNow());
        _machine.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(_noon.AddSeconds(5), _clock.GetUtcNow());
    }

    [Fact]
    [Trait("check", "R-09")]
    public void When_the_machine_is_set_back_time_goes_on_at_half_speed_until_they_meet()
    {
        _clock.GetUtcNow();
        _machine.Now = _noon.AddMinutes(-10);

        Assert.Equal(_noon, _clock.GetUtcNow());
        _machine.Pass(TimeSpan.FromMinutes(4));
        Assert.Equal(_noon.AddMinutes(2), _clock.GetUtcNow());
        _machine.Pass(TimeSpan.FromMinutes(4));
        Assert.Equal(_noon.AddMinutes(4), _clock.GetUtcNow());
        _machine.Pass(TimeSpan.FromMinutes(30));
        Assert.Equal(_noon.AddMinutes(28), _clock.GetUtcNow());
    }

    [Fact]
    public async Task Time_does_not_step_back_over_a_restart_and_the_owner_is_warned()
    {
        await using var database = new TestDatabase(settings: s => s with { SystemClock = _machine });
        await database.Services.StartDataAsync(Ct);
        await database.Get<ClockMark>().KeepAsync(Ct);
        database.Get<DataDirectoryLock>().Dispose();
        Assert.Empty(database.Get<Warnings>().Open);

        _machine.Now = _noon.AddHours(-1);
        await using var restarted = new ServiceCollection().AddLogging().AddData(database.Settings).BuildServiceProvider();
        await restarted.StartDataAsync(Ct);

        Assert.Equal(_noon, restarted.GetRequiredService<TimeProvider>().GetUtcNow());
        var warning = Assert.Single(restarted.GetRequiredService<Warnings>().Open);
        Assert.Equal(Warnings.ClockBehind, warning.Key);
        Assert.Contains("3600 seconds behind", warning.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_mark_is_kept_when_the_server_stops_and_never_lowered()
    {
        await using var database = new TestDatabase(settings: s => s with { SystemClock = _machine });
        await database.Services.StartDataAsync(Ct);
        await database.Get<ClockMark>().StopAsync(Ct);
        Assert.Equal(_noon, await Mark());

        var late = new Clock(new Machine { Now = _noon.AddHours(-1) }); // another process, with another clock
        await new ClockMark(
            database.Get<Databases>(), late, new Warnings(), database.Get<Microsoft.Extensions.Logging.ILogger<ClockMark>>()).KeepAsync(Ct);
        Assert.Equal(_noon, await Mark());

        async Task<DateTimeOffset> Mark()
        {
            await using var db = database.Open();
            return await db.Store.Select(s => s.HighWater).SingleAsync(Ct);
        }
    }

    /// <summary>A machine whose clock may be set back while its uptime goes on.</summary>
    private sealed class Machine : TimeProvider
    {
        private long _uptime;

        public DateTimeOffset Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => _uptime;

        public void Pass(TimeSpan time)
        {
            Now += time;
            _uptime += time.Ticks;
        }
    }
}
