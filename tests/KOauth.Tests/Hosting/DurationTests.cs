using KOauth.Hosting;

namespace KOauth.Tests.Hosting;

public sealed class DurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("30s", 30)]
    [InlineData("10m", 600)]
    [InlineData("1h", 3600)]
    [InlineData("90d", 90 * 86400)]
    public void A_duration_is_a_number_and_a_unit(string text, int seconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
        Assert.Equal(text, Duration.Text(duration));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("h")]
    [InlineData("-1h")]
    [InlineData("1.5h")]
    [InlineData("1h30m")]
    [InlineData("1H")]
    [InlineData(" 1h")]
    [InlineData("99999999d")]
    public void Anything_else_is_not(string text) => Assert.False(Duration.TryParse(text, out _));
}
