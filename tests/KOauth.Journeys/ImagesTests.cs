using KOauth.Journeys.Running;
using Microsoft.Playwright;

namespace KOauth.Journeys;

/// <summary>Makes the pictures of the documents: <c>KOAUTH_IMAGES=1 dotnet test --project tests/KOauth.Journeys --filter-class "*ImagesTests"</c>.</summary>
public sealed class ImagesTests(World world)
{
    private static readonly ViewportSize _desktop = new() { Width = 1100, Height = 750 };
    private static readonly ViewportSize _phone = new() { Width = 390, Height = 844 };

    [Fact]
    public async Task Every_page_has_its_picture()
    {
        if (Environment.GetEnvironmentVariable("KOAUTH_IMAGES") != "1")
        {
            return; // nothing to prove: the pages themselves have tests of their own
        }

        foreach (var sheet in new[] { Sheet.Login, Sheet.Consent, Sheet.Error, Sheet.Setup, Sheet.Account })
        {
            await TakeAsync(sheet, _desktop, ColorScheme.Light, $"{Name(sheet)}-desktop.png");
        }

        foreach (var sheet in new[] { Sheet.Login, Sheet.Consent })
        {
            await TakeAsync(sheet, _desktop, ColorScheme.Dark, $"{Name(sheet)}-desktop-dark.png");
            await TakeAsync(sheet, _phone, ColorScheme.Light, $"{Name(sheet)}-phone.png");
            await TakeAsync(sheet, _phone, ColorScheme.Dark, $"{Name(sheet)}-phone-dark.png");
        }
    }

    private static string Name(Sheet sheet) => sheet.ToString().ToLowerInvariant();

    private async Task TakeAsync(Sheet sheet, ViewportSize size, ColorScheme scheme, string name)
    {
        var page = await world.NewPageAsync(options =>
        {
            options.ViewportSize = size;
            options.ColorScheme = scheme;
            options.DeviceScaleFactor = size == _phone ? 2 : 1;
        });
        await page.OpenAsync(world, sheet);
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Repository.Root, "docs", "images", name), Caret = ScreenshotCaret.Hide });
        await page.Context.CloseAsync();
    }
}
