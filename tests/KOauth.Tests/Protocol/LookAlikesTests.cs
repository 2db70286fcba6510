using KOauth.Protocol;

namespace KOauth.Tests.Protocol;

public sealed class LookAlikesTests
{
    [Theory]
    [InlineData("Claude")]
    [InlineData("CLAUDE")]
    [InlineData(" claude ")]
    [InlineData("Сlaude")] // Cyrillic С
    [InlineData("Сӏаudе")]
    [InlineData("cIaude")]
    [InlineData("c1aude")]
    [InlineData("c|aude")]
    [InlineData("ｃｌａｕｄｅ")]
    [InlineData("cla\u200bude")]
    [InlineData("cla\u0301ude")]
    [InlineData("cláude")]
    [InlineData("cl\u202eaude")]
    public void What_looks_like_Claude_has_its_skeleton(string written) =>
        Assert.Equal(LookAlikes.Skeleton("Claude"), LookAlikes.Skeleton(written));

    [Theory]
    [InlineData("Cloude")]
    [InlineData("Claudia")]
    [InlineData("")]
    public void What_does_not_has_not(string written) =>
        Assert.NotEqual(LookAlikes.Skeleton("Claude"), LookAlikes.Skeleton(written));
}
