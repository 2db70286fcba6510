using KOauth.Journeys.Running;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Playwright;

namespace KOauth.Journeys;

/// <summary>Every page a person can meet.</summary>
public enum Sheet
{
    Login,
    LoginWithError,
    Consent,
    BackToApp,
    Error,
    Setup,
    Account,
    Apps,
    OpenSessions,
    ApiKeys,
    Password,
    Logout,
}

/// <summary>The way to each page, as a person gets there.</summary>
internal static class Pages
{
    private const string ClaudeRedirect = "https://claude.ai/api/mcp/auth_callback";
    private const string CursorRedirect = "cursor://anysphere.cursor-mcp/oauth/callback";

    public static async Task OpenAsync(this IPage page, World world, Sheet sheet)
    {
        switch (sheet)
        {
            case Sheet.Login:
                await BeginAsync(page, world);
                break;
            case Sheet.LoginWithError:
                await BeginAsync(page, world);
                await page.SignInAsync("nobody@example.com", "not the password");
                await page.Locator("[role=alert]").WaitForAsync();
                break;
            case Sheet.Consent:
                await BeginAsync(page, world);
                await page.SignInAsync();
                await page.Locator("button[name=decision]").First.WaitForAsync();
                break;
            case Sheet.BackToApp:
                await page.GotoAsync(Authorize(world, (await world.RegisterClientAsync("--public", "--name", "Cursor", "--redirect-uris", CursorRedirect)).Id, CursorRedirect));
                await page.SignInAsync();
                await page.ApproveAsync();
                await page.Locator("a[href^='cursor:']").WaitForAsync();
                break;
            case Sheet.Error:
                await page.GotoAsync(Authorize(world, (await world.RegisterClientAsync("--preset", "claude")).Id, "https://claude.ai/api/mcp/auth_callbak"));
                break;
            case Sheet.Setup:
                await page.GotoAsync(await SetupLinkAsync(world));
                break;
            case Sheet.Account:
                await page.GotoAsync($"{world.Issuer}/account/login");
                await page.SignInAsync();
                await page.Locator("form[action$='/account/logout'], a[href$='/account/logout']").First.WaitForAsync();
                break;
            case Sheet.Apps:
                await page.OpenAsync(world, Sheet.Account);
                await page.GotoAsync($"{world.Issuer}/account/apps");
                break;
            case Sheet.OpenSessions:
                await page.OpenAsync(world, Sheet.Account);
                await page.GotoAsync($"{world.Issuer}/account/sessions");
                break;
            case Sheet.ApiKeys:
                await page.OpenAsync(world, Sheet.Account);
                await page.GotoAsync($"{world.Issuer}/account/keys?for={Uri.EscapeDataString(world.McpUrl)}");
                break;
            case Sheet.Password:
                await page.OpenAsync(world, Sheet.Account);
                await page.GotoAsync($"{world.Issuer}/account/password");
                break;
            case Sheet.Logout:
                await page.OpenAsync(world, Sheet.Account);
                await page.GotoAsync($"{world.Issuer}/account/logout");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(sheet));
        }
    }

    /// <summary>A sign-in page in a flow of Claude's.</summary>
    private static async Task BeginAsync(IPage page, World world) =>
        await page.GotoAsync(Authorize(world, (await world.RegisterClientAsync("--preset", "claude")).Id, ClaudeRedirect));

    private static string Authorize(World world, string clientId, string redirectUri) =>
        QueryHelpers.AddQueryString($"{world.Issuer}/oauth/authorize", new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = clientId,
            ["redirect_uri"] = redirectUri,
            ["code_challenge"] = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", // RFC 7636, appendix B
            ["code_challenge_method"] = "S256",
            ["state"] = Guid.NewGuid().ToString("n"),
            ["scope"] = "notes:read notes:write offline_access",
            ["resource"] = world.McpUrl,
        });

    private static async Task<string> SetupLinkAsync(World world)
    {
        using var patience = Patience.Begin(TestContext.Current.CancellationToken);
        var file = Path.Combine(world.Server.Directory, "setup-link");
        while (!File.Exists(file))
        {
            await Task.Delay(Patience.Glance, patience.Token); // written by the other process when it has started
        }

        return (await File.ReadAllTextAsync(file, patience.Token)).Trim();
    }
}
