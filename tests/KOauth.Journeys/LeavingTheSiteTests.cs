using KOauth.Journeys.Browsers;
using KOauth.Journeys.Running;

namespace KOauth.Journeys;

/// <summary>
/// A browser lets a form lead elsewhere only if the page's policy allows it, and each reads the policy in its own way. Whatever
/// comes after "Connect" must work in all of them.
/// </summary>
public sealed class LeavingTheSiteTests(World world)
{
    private const string Cursor = "cursor://anysphere.cursor-mcp/oauth/callback";

    public enum Engine
    {
        Chromium,
        Firefox,
        WebKit,
    }

    public enum Target
    {
        Website,
        Loopback,
        PrivateScheme,
    }

    public static TheoryData<Engine, Target> EveryWayOut =>
        new(Enum.GetValues<Engine>().SelectMany(_ => Enum.GetValues<Target>(), (engine, target) => (engine, target)));

    [Theory]
    [MemberData(nameof(EveryWayOut))]
    [Trait("check", "AZ-50")]
    [Trait("check", "A-27")]
    public async Task After_approval_the_browser_arrives_at_the_app(Engine engine, Target target)
    {
        using var patience = Patience.Begin(TestContext.Current.CancellationToken);
        await using var browser = await StartAsync(engine, patience.Token);
        var redirectUri = target switch
        {
            Target.Website => world.Callbacks.Website.ToString(),
            Target.Loopback => world.Callbacks.Loopback.ToString(),
            _ => Cursor,
        };
        var client = await world.RegisterClientAsync(target == Target.Website
            ? ["--redirect-uris", redirectUri]
            : ["--public", "--redirect-uris", redirectUri]);
        using var http = new HttpClient();

        var tokens = await world.Claude(http, client, redirectUri).ConnectAsync(
            async (authorize, ct) =>
            {
                await browser.OpenAsync(authorize, ct);
                var end = await browser.SignInAndApproveAsync(world.Issuer, ct);
                if (target != Target.PrivateScheme)
                {
                    await browser.UntilAsync("document.querySelector('h1')?.innerText === 'Welcome back'", ct);
                }

                return end;
            },
            (_, _) => { },
            patience.Token);

        Assert.NotNull(tokens.RefreshToken);
        Assert.DoesNotContain(browser.Complaints, complaint => complaint.Contains("Content", StringComparison.Ordinal) || complaint.Contains("refused", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Engine.Chromium)]
    [InlineData(Engine.Firefox)]
    [InlineData(Engine.WebKit)]
    [Trait("check", "HD-08")]
    public async Task A_popup_still_knows_who_opened_it(Engine engine)
    {
        using var patience = Patience.Begin(TestContext.Current.CancellationToken);
        await using var browser = await StartAsync(engine, patience.Token);
        var redirectUri = world.Callbacks.Website.ToString();
        var client = await world.RegisterClientAsync("--redirect-uris", redirectUri);
        using var http = new HttpClient();

        await world.Claude(http, client, redirectUri).ConnectAsync(
            async (authorize, ct) =>
            {
                await browser.OpenAsync(world.Callbacks.Opener, ct);
                await browser.UntilAsync($"location.href === '{world.Callbacks.Opener}' && document.readyState === 'complete'", ct);
                await browser.OpenPopupAsync(authorize, ct);
                var end = await browser.SignInAndApproveAsync(world.Issuer, ct);
                await browser.UntilAsync("document.querySelector('h1')?.innerText === 'Welcome back'", ct);
                Assert.True((await browser.EvaluateAsync("window.opener !== null && window.opener.location.pathname === '/'", ct))?.GetValue<bool>());
                return end;
            },
            (_, _) => { },
            patience.Token);
    }

    private async Task<DrivenBrowser> StartAsync(Engine engine, CancellationToken ct) => engine switch
    {
        Engine.Firefox => await Firefox.StartAsync(ct),
        Engine.WebKit => await WebKit.StartAsync(ct),
        _ => new ChromiumPage(await world.NewPageAsync()),
    };
}
