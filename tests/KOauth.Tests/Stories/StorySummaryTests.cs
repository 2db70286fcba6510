using KOauth.Stories;

namespace KOauth.Tests.Stories;

public sealed class StorySummaryTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(StoryEvents.TokenRefreshed, null, true, 10, "connected, refreshed")]
    [InlineData(StoryEvents.TokenDelegated, null, true, 10, "connected, in use by another server in between")]
    [InlineData(StoryEvents.AssertionIssued, null, true, 10, "connected, and vouched for at another server")]
    [InlineData(StoryEvents.AssertionAccepted, null, true, 10, "connected by an identity provider")]
    [InlineData(StoryEvents.TokenRefused, "refresh_reused", true, 1, "connected, then refused: refresh_reused")]
    [InlineData(StoryEvents.TokenRefused, "code_expired", false, 1, "refused: code_expired")]
    [InlineData(StoryEvents.GrantRevoked, null, false, 1, "disconnected")]
    [InlineData(StoryEvents.AuthorizationDenied, null, false, 1, "the person said no")]
    public void The_outcome_is_said_in_words(string last, string? reason, bool connected, int minutesAgo, string outcome) =>
        Assert.Equal(outcome, Story(last, reason, connected, minutesAgo).Outcome(_now, TimeSpan.FromHours(1)));

    [Fact, Trait("check", "A-59")]
    public void A_code_that_was_never_redeemed_is_told_with_what_that_usually_means()
    {
        var story = Story(StoryEvents.CodeIssued, null, false, 2);

        Assert.Equal("approved, but the app never fetched the token", story.Outcome(_now, TimeSpan.FromHours(1)));
        Assert.Contains(StoryGaps.Explain(story, _now), s => s.Contains("11:58:00Z", StringComparison.Ordinal) && s.Contains("never called the token endpoint", StringComparison.Ordinal));
        Assert.Empty(StoryGaps.Explain(Story(StoryEvents.CodeIssued, null, false, 0), _now));
    }

    [Theory]
    [InlineData(StoryEvents.DeviceStarted, "waiting for the person to type the code of the device", "Nobody typed the code")]
    [InlineData(StoryEvents.DeviceCodeTyped, "waiting for the person to sign in", "did not sign in")]
    [InlineData(StoryEvents.AuthorizationApproved, "approved, but the app never fetched the token", "did not fetch its tokens")]
    public void A_device_that_waits_is_told_with_what_it_waits_for(string last, string outcome, string why)
    {
        var story = Story(last, null, false, 2);

        Assert.Equal(outcome, story.Outcome(_now, TimeSpan.FromHours(1)));
        Assert.Contains(why, Assert.Single(StoryGaps.Explain(story, _now)), StringComparison.Ordinal);
    }

    [Fact, Trait("check", "A-64")]
    public void A_connection_without_refreshes_for_long_is_dormant_or_lost() =>
        Assert.Equal("connected, but quiet for 3h: dormant or lost", Story(StoryEvents.TokenRefreshed, null, true, 200).Outcome(_now, TimeSpan.FromHours(1)));

    private static StorySummary Story(string last, string? reason, bool connected, int minutesAgo) =>
        new("KAAAAAA", _now.AddDays(-1), _now.AddMinutes(-minutesAgo), "claude-mcp", null, null, last, reason, connected);
}
