namespace KOauth.Journeys.Running;

/// <summary>Programs of other people that a journey needs. Without them it is skipped, not failed: the SDK alone must do for <c>dotnet test</c>.</summary>
internal sealed record Tool(string File, string Package)
{
    public static readonly Tool Chromium = new("/usr/bin/chromium", "chromium");
    public static readonly Tool Firefox = new("/usr/bin/firefox-esr", "firefox-esr");
    public static readonly Tool WebKit = new("/usr/bin/WebKitWebDriver", "webkit2gtk-driver");
    public static readonly Tool Node = new("/usr/bin/node", "nodejs npm");
    public static readonly Tool Screen = new("/usr/bin/Xvfb", "xvfb");
    public static readonly Tool Session = new("/usr/bin/setsid", "util-linux");

    public void Need() => Assert.SkipUnless(System.IO.File.Exists(File), $"needs {File}: apt-get install {Package}");
}
