using KOauth.Demo;
using KOauth.Protocol;
using Microsoft.Playwright;

namespace KOauth.Journeys;

/// <summary>What the person at a Chromium page does.</summary>
internal static class PersonAtPage
{
    public static async Task SignInAsync(this IPage page, string email = World.Email, string password = World.Password)
    {
        await page.FillAsync("input[name=email]", email);
        await page.FillAsync("input[name=password]", password);
        await page.ClickAsync("main form button, form button");
    }

    public static Task ApproveAsync(this IPage page) => page.ClickAsync("button[name=decision][value=approve]");

    /// <summary>Signs in if asked, approves if asked, and gives the URL the browser came back to.</summary>
    public static async Task<Uri> SignInAndApproveAsync(this IPage page, World world, Uri authorize, CancellationToken ct, string email = World.Email)
    {
        await page.GoThroughAsync(authorize.ToString(), email);
        return await world.Callbacks.ArrivalAsync(authorize, ct);
    }

    /// <summary>Says that the device shows the code if asked, signs in if asked and approves if asked.</summary>
    public static async Task GoThroughAsync(this IPage page, string authorize, string email)
    {
        await page.GotoAsync(authorize);
        if (page.Url.Contains("/account/device", StringComparison.Ordinal))
        {
            await page.ClickAsync("main form button");
        }

        if (page.Url.Contains("/account/login", StringComparison.Ordinal))
        {
            await page.SignInAsync(email);
        }

        if (page.Url.Contains("/account/consent", StringComparison.Ordinal))
        {
            await page.ApproveAsync();
        }
    }

    /// <summary>A client that does as Claude does, with the redirect URI given.</summary>
    public static ClaudeSim Claude(this World world, HttpClient http, (string Id, string? Secret) client, string redirectUri) =>
        new(http, new ClaudeSimOptions(world.McpUrl, client.Id, client.Secret, redirectUri), new Randomness());
}
