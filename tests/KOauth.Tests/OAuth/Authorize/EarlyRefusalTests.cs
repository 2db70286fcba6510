using System.Net;
using KOauth.Clients;

namespace KOauth.Tests.OAuth.Authorize;

/// <summary>Before a person has acted, nobody's browser is sent to an address that only its owner vouches for.</summary>
public sealed class EarlyRefusalTests
{
    private static readonly Action<Client> _selfAsserted = client => client.Origin = ClientOrigin.Registration;

    public static TheoryData<string, string?> Refused => new()
    {
        { "response_type", "token" },
        { "code_challenge", null },
        { "resource", "https://unknown.example.test/mcp" },
        { "prompt", "none" },
        { "prompt", "none login" },
        { "request", "e30.e30." },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    [Trait("check", "A-75")]
    public async Task A_client_that_registered_itself_is_told_by_a_link_on_our_page(string name, string? value)
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic: true, _selfAsserted);
        using var browser = koauth.OpenBrowser();
        var flow = new Flow().With(name, value);

        await browser.OpenAsync(flow.Url);

        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        Assert.Null(browser.Response.Headers.Location);
        var link = new Uri(browser.Page!.QuerySelector("a.button")!.GetAttribute("href")!);
        Assert.StartsWith(KOauthApp.Callback, link.ToString(), StringComparison.Ordinal);
        var told = Browser.Query(link);
        Assert.Equal((flow.State, KOauthApp.Issuer), (told["state"], told["iss"]));
        Assert.NotEmpty(told["error"]);
        Assert.Empty(browser.Page.QuerySelectorAll("meta[http-equiv=refresh]"));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task At_a_known_app_s_own_address_it_is_told_by_redirect(string name, string? value)
    {
        const string Claude = "https://claude.ai/api/mcp/auth_callback";
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic: true, client =>
        {
            _selfAsserted(client);
            client.RedirectUris = [Claude];
        });
        using var browser = koauth.OpenBrowser();

        await browser.OpenAsync(new Flow("app", Claude).With(name, value).Url);

        Assert.StartsWith(Claude, browser.Location.ToString(), StringComparison.Ordinal);
        Assert.True(browser.Carried.ContainsKey("error"));
    }

    [Fact]
    public async Task After_the_person_said_no_the_client_is_told_by_redirect()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic: true, _selfAsserted);
        using var browser = koauth.OpenBrowser();
        await browser.OpenAsync(new Flow().Url);
        await browser.SubmitAsync(null, ("email", "alice@example.test"), ("password", KOauthApp.Password));
        await browser.SubmitAsync("deny");

        Assert.StartsWith(KOauthApp.Callback, browser.Location.ToString(), StringComparison.Ordinal);
        Assert.Equal("access_denied", browser.Carried["error"]);
    }
}
