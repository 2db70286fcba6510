using KOauth.Demo;
using KOauth.Journeys.Running;

namespace KOauth.Journeys;

/// <summary>Claude with credentials from its advanced settings, and a person in Chromium.</summary>
public sealed class ClaudeTests(World world)
{
    private const string RedirectUri = "https://claude.ai/api/mcp/auth_callback";

    [Fact]
    [Trait("check", "A-25")]
    public async Task Claude_connects_with_given_credentials_and_calls_a_tool()
    {
        using var patience = Patience.Begin(TestContext.Current.CancellationToken);
        var page = await world.NewPageAsync();
        var person = await world.NewPersonAsync();
        var client = await world.RegisterClientAsync("--preset", "claude");
        using var http = new HttpClient();
        var claude = world.Claude(http, client, RedirectUri);

        var tokens = await claude.ConnectAsync(
            async (authorize, ct) =>
            {
                var callback = await page.SignInAndApproveAsync(world, authorize, ct, person);
                await page.GetByText("Welcome back").WaitForAsync();
                Assert.StartsWith(RedirectUri, page.Url, StringComparison.Ordinal);
                return callback;
            },
            (_, _) => { },
            patience.Token);

        Assert.Equal("[]", await ToolCall.RunAsync(http, world.McpUrl, tokens.AccessToken, "list_notes", new Dictionary<string, object?>(), patience.Token));
    }

    [Fact]
    [Trait("check", "A-28")]
    public async Task A_browser_without_scripts_gets_there_too()
    {
        using var patience = Patience.Begin(TestContext.Current.CancellationToken);
        var page = await world.NewPageAsync(options => options.JavaScriptEnabled = false);
        var client = await world.RegisterClientAsync("--preset", "claude");
        using var http = new HttpClient();
        var claude = world.Claude(http, client, RedirectUri);

        var tokens = await claude.ConnectAsync(
            (authorize, ct) => page.SignInAndApproveAsync(world, authorize, ct), (_, _) => { }, patience.Token);

        Assert.NotNull(tokens.RefreshToken);
    }

    [Fact]
    [Trait("check", "A-44")]
    public async Task Claude_stays_connected_over_ten_refreshes()
    {
        using var patience = Patience.Begin(TestContext.Current.CancellationToken);
        var client = await world.RegisterClientAsync("--preset", "claude");
        using var http = new HttpClient();
        using var person = new ScriptedPerson(World.Email, World.Password);
        var claude = world.Claude(http, client, RedirectUri);
        var tokens = await claude.ConnectAsync(person.SignInAndApproveAsync, (_, _) => { }, patience.Token);

        for (var refresh = 0; refresh < 10; refresh++)
        {
            tokens = await claude.RefreshAsync(tokens, patience.Token);
            await ToolCall.RunAsync(http, world.McpUrl, tokens.AccessToken, "list_notes", new Dictionary<string, object?>(), patience.Token);
        }
    }
}
