using KOauth.Grants;

namespace KOauth.Tests.Grants;

public sealed class RotationTests
{
    private const long Home = 7;
    private const long Elsewhere = 8;

    private static readonly TimeSpan _tenMinutes = TimeSpan.FromMinutes(10);
    private static readonly DateTimeOffset _now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The row is at generation 5; generation 4 was superseded from home, so long ago.</summary>
    [Theory]
    [InlineData(0, Home, nameof(Rotation.Verdict.CurrentAgain))]
    [InlineData(0, Elsewhere, nameof(Rotation.Verdict.CurrentAgain))]
    [InlineData(30, Home, nameof(Rotation.Verdict.CurrentAgain))]
    [InlineData(30, Elsewhere, nameof(Rotation.Verdict.CurrentAgain))]
    [InlineData(31, Home, nameof(Rotation.Verdict.CurrentAgain))]
    [InlineData(31, Elsewhere, nameof(Rotation.Verdict.OtherSource))]
    [InlineData(599, Home, nameof(Rotation.Verdict.CurrentAgain))]
    [InlineData(599, Elsewhere, nameof(Rotation.Verdict.OtherSource))]
    [InlineData(600, Home, nameof(Rotation.Verdict.Reused))]
    [InlineData(600, Elsewhere, nameof(Rotation.Verdict.Reused))]
    [InlineData(86400, Home, nameof(Rotation.Verdict.Reused))]
    public void A_superseded_token_is_judged_by_its_age_and_source(int seconds, long source, string verdict) =>
        Assert.Equal(verdict, Judge(4, source, _tenMinutes, Row((4, seconds))));

    [Theory]
    [InlineData(5, nameof(Rotation.Verdict.Next))]
    [InlineData(6, nameof(Rotation.Verdict.FromTheFuture))]
    [InlineData(int.MaxValue, nameof(Rotation.Verdict.FromTheFuture))]
    [InlineData(3, nameof(Rotation.Verdict.Reused))] // in no slot
    [InlineData(0, nameof(Rotation.Verdict.Reused))]
    [InlineData(-1, nameof(Rotation.Verdict.Reused))]
    public void Other_generations_are_judged_by_their_number(int presented, string verdict) =>
        Assert.Equal(verdict, Judge(presented, Elsewhere, _tenMinutes, Row((4, 1))));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(30)]
    public void A_grace_of_zero_is_strict_rotation(int seconds) =>
        Assert.Equal(nameof(Rotation.Verdict.Reused), Judge(4, Home, TimeSpan.Zero, Row((4, seconds))));

    [Fact]
    public void A_grace_below_thirty_seconds_bounds_what_anybody_gets()
    {
        var grace = TimeSpan.FromSeconds(10);

        Assert.Equal(nameof(Rotation.Verdict.CurrentAgain), Judge(4, Elsewhere, grace, Row((4, 9))));
        Assert.Equal(nameof(Rotation.Verdict.Reused), Judge(4, Elsewhere, grace, Row((4, 10))));
    }

    [Theory]
    [InlineData(599, nameof(Rotation.Verdict.CurrentAsBefore))]
    [InlineData(600, nameof(Rotation.Verdict.Next))]
    public void While_the_grace_covers_all_eight_slots_the_current_token_stays(int oldest, string verdict)
    {
        (int, int)[] eight = [(-3, oldest), (-2, 70), (-1, 60), (0, 50), (1, 40), (2, 30), (3, 20), (4, 10)];

        Assert.Equal(verdict, Judge(5, Home, _tenMinutes, Row(eight)));
    }

    [Fact]
    public void With_a_grace_of_zero_no_slot_holds_the_current_token_up()
    {
        (int, int)[] eight = [(-3, 0), (-2, 0), (-1, 0), (0, 0), (1, 0), (2, 0), (3, 0), (4, 0)];

        Assert.Equal(nameof(Rotation.Verdict.Next), Judge(5, Home, TimeSpan.Zero, Row(eight)));
    }

    /// <summary>
    /// The row remembers eight; here everything is remembered, and at every moment every token that ever was gets the verdict
    /// that the whole memory gives. So what is in no slot is certainly older than the grace.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(600)]
    public void Eight_slots_judge_like_an_endless_memory(int graceSeconds)
    {
        var grace = TimeSpan.FromSeconds(graceSeconds);
        var chance = (ulong)graceSeconds + 1;
        for (var life = 0; life < 50; life++)
        {
            var now = _now;
            var current = 0;
            byte[] row = [];
            var memory = new Dictionary<int, (DateTimeOffset At, long Source)>();
            for (var step = 0; step < 60; step++)
            {
                now += TimeSpan.FromSeconds(Next(life % 2 == 0 ? 10 : 200));
                var source = Next(2) == 0 ? Home : Elsewhere;
                for (var presented = 0; presented < current; presented++)
                {
                    var (at, by) = memory[presented];
                    var expected =
                        now - at >= grace ? Rotation.Verdict.Reused
                        : now - at <= Rotation.Anybody || by == source ? Rotation.Verdict.CurrentAgain
                        : Rotation.Verdict.OtherSource;
                    Assert.Equal(expected, Rotation.Judge(presented, current, new RecentGenerations(row), source, grace, now));
                }

                if (Rotation.Judge(current, current, new RecentGenerations(row), source, grace, now) == Rotation.Verdict.Next)
                {
                    row = new RecentGenerations(row).With(current, now, source);
                    memory[current++] = (now, source);
                }
            }

            Assert.True(current >= RecentGenerations.Slots); // it never stops for good
        }

        // The same numbers in every run.
        int Next(int below)
        {
            chance = unchecked((chance * 6364136223846793005) + 1442695040888963407);
            return (int)((chance >> 33) % (ulong)below);
        }
    }

    private static string Judge(int presented, long source, TimeSpan grace, byte[] row) =>
        Rotation.Judge(presented, 5, new RecentGenerations(row), source, grace, _now).ToString();

    private static byte[] Row(params (int Generation, int SecondsAgo)[] superseded) => superseded.Aggregate(
        Array.Empty<byte>(),
        (row, s) => new RecentGenerations(row).With(s.Generation, _now.AddSeconds(-s.SecondsAgo), Home));
}
