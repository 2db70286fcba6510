using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace KOauth.Journeys;

/// <summary>The pages for everybody: with a screen reader, in the dark, on a small phone, with a keyboard alone.</summary>
public sealed class PagesTests(World world)
{
    private static readonly AxeRunOptions _wcag = new()
    {
        RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
    };

    public static TheoryData<Sheet> All => new(Enum.GetValues<Sheet>());

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_page_keeps_the_rules_of_accessibility(Sheet sheet)
    {
        var page = await world.NewPageAsync(options => options.ColorScheme = ColorScheme.Light);
        await page.OpenAsync(world, sheet);
        Assert.Equal([], await FaultsAsync(page));

        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        Assert.Equal([], await FaultsAsync(page));
        await page.Context.CloseAsync();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_page_fits_a_small_phone(Sheet sheet)
    {
        var page = await world.NewPageAsync(options => options.ViewportSize = new ViewportSize { Width = 320, Height = 568 });
        await page.OpenAsync(world, sheet);

        Assert.Equal(320, await page.EvaluateAsync<int>("Math.max(document.documentElement.scrollWidth, innerWidth)"));
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_keyboard_is_enough()
    {
        var page = await world.NewPageAsync();
        await page.OpenAsync(world, Sheet.Login);

        await page.Locator("input[name=email]:focus").WaitForAsync(); // by itself, a moment after the page has loaded

        await page.Keyboard.TypeAsync(World.Email);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(World.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("button[name=decision]").First.WaitForAsync();

        for (var stops = 0; await Focused(page) != "approve"; stops++)
        {
            Assert.True(stops < 10, "Tab does not lead to the button");
            await page.Keyboard.PressAsync("Tab");
        }

        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("Welcome back").WaitForAsync();
        await page.Context.CloseAsync();
    }

    /// <summary>A page opens a popup, waits for a click and puts ours under the next one: that click must not be a yes.</summary>
    [Fact]
    [Trait("check", "CO-14")]
    public async Task A_click_that_was_under_way_when_the_page_appeared_approves_nothing()
    {
        var page = await world.NewPageAsync();
        await page.OpenAsync(world, Sheet.Consent);
        var button = page.Locator("button[value=approve]");
        await button.EvaluateAsync("b => b.getAnimations().forEach(a => { a.currentTime = 1; a.pause() })"); // the moment it appeared
        var place = (await button.BoundingBoxAsync())!;
        var (x, y) = (place.X + (place.Width / 2), place.Y + (place.Height / 2));

        await page.Mouse.DblClickAsync(x, y);
        Assert.Contains("/account/consent", page.Url, StringComparison.Ordinal);

        await button.EvaluateAsync("b => b.getAnimations().forEach(a => a.finish())");
        Assert.Equal("auto", await button.EvaluateAsync<string>("b => getComputedStyle(b).pointerEvents"));
        await page.Mouse.ClickAsync(x, y);
        await page.GetByText("Welcome back").WaitForAsync();
        await page.Context.CloseAsync();
    }

    private static Task<string?> Focused(IPage page) => page.EvaluateAsync<string?>("document.activeElement?.value ?? null");

    private static async Task<IReadOnlyList<string>> FaultsAsync(IPage page)
    {
        await page.EvaluateAsync("Promise.all(document.getAnimations().map(a => a.finished))"); // the approve button wakes up
        return [.. (await page.RunAxe(_wcag)).Violations.Select(v => $"{v.Id}: {v.Help} {string.Join(' ', v.Nodes.Select(n => n.Html))}")];
    }
}
