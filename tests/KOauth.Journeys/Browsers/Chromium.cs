using KOauth.Journeys.Running;
using Microsoft.Playwright;

namespace KOauth.Journeys.Browsers;

/// <summary>One Chromium for all journeys; every page it gives has cookies of its own.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    /// <param name="claudePort">Where this machine answers for https://claude.ai.</param>
    public static async Task<Chromium> StartAsync(int claudePort)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Tool.Chromium.File,
            Args = ["--no-sandbox", "--disable-dev-shm-usage", $"--host-resolver-rules=MAP claude.ai:443 127.0.0.1:{claudePort}"],
            Timeout = (float)Patience.Long.TotalMilliseconds,
        });
        return new Chromium(playwright, browser);
    }

    public async Task<IPage> NewPageAsync(Action<BrowserNewContextOptions>? set)
    {
        var options = new BrowserNewContextOptions { IgnoreHTTPSErrors = true };
        set?.Invoke(options);
        var context = await _browser.NewContextAsync(options);
        context.SetDefaultTimeout((float)Patience.Long.TotalMilliseconds);
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
