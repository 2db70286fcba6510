using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KOauth.Journeys.Running;
using Microsoft.Playwright;

namespace KOauth.Journeys;

/// <summary>
/// Other people's relying parties: two OAuth libraries for JavaScript that check every answer strictly. Each flow is a script next to
/// this file; the library decides whether it is content, and what it got is looked at here.
/// </summary>
public sealed partial class LibrariesTests(World world)
{
    private const string OpenIdClient = "openid-client";
    private const string OAuth4WebApi = "oauth4webapi";
    private const string Scope = "openid email offline_access notes:read";

    [Theory]
    [InlineData(OpenIdClient, "none")]
    [InlineData(OpenIdClient, "basic")]
    [InlineData(OpenIdClient, "post")]
    [InlineData(OAuth4WebApi, "none")]
    [InlineData(OAuth4WebApi, "basic")]
    [InlineData(OAuth4WebApi, "post")]
    public async Task A_person_signs_in_and_the_connection_is_refreshed(string library, string method)
    {
        var (person, result) = await RunAsync(library, "signIn", method);

        ShowsConnection(person, result, "bearer");
        Assert.True(result["rotated"]!.GetValue<bool>());
        Assert.Equal(result["scope"]!.GetValue<string>(), result["freshScope"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(OpenIdClient)]
    [InlineData(OAuth4WebApi)]
    public async Task A_request_pushed_from_the_application_signs_a_person_in(string library)
    {
        var (person, result) = await RunAsync(library, "pushedRequest", "basic");

        ShowsConnection(person, result, "bearer");
    }

    [Theory]
    [InlineData(OpenIdClient, "none")]
    [InlineData(OpenIdClient, "basic")]
    [InlineData(OAuth4WebApi, "none")]
    [InlineData(OAuth4WebApi, "basic")]
    public async Task Tokens_bound_to_a_key_are_had_refreshed_and_taken_by_an_mcp_server(string library, string method)
    {
        var (person, result) = await RunAsync(library, "boundTokens", method);

        ShowsConnection(person, result, "dpop");
        Assert.Equal("dpop", result["freshType"]!.GetValue<string>());
        Assert.NotEqual(401, result["resourceStatus"]!.GetValue<int>());
    }

    [Theory]
    [InlineData(OpenIdClient, "none")]
    [InlineData(OpenIdClient, "post")]
    [InlineData(OAuth4WebApi, "none")]
    [InlineData(OAuth4WebApi, "post")]
    public async Task A_device_is_connected_from_a_browser_elsewhere(string library, string method)
    {
        var (person, result) = await RunAsync(library, "device", method, "--grants", "device_code,refresh_token");

        ShowsConnection(person, result, "bearer");
        Assert.Equal(result["scope"]!.GetValue<string>(), result["freshScope"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(OpenIdClient, "none")]
    [InlineData(OpenIdClient, "basic")]
    [InlineData(OAuth4WebApi, "none")]
    [InlineData(OAuth4WebApi, "basic")]
    public async Task An_application_registers_itself_and_signs_a_person_in(string library, string method)
    {
        var (person, result) = await RunAsync(library, "register", method);

        ShowsConnection(person, result, "bearer");
        Assert.StartsWith("koc_", result["audience"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(result["scope"]!.GetValue<string>(), result["freshScope"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(OpenIdClient, "none")]
    [InlineData(OpenIdClient, "basic")]
    [InlineData(OAuth4WebApi, "none")]
    [InlineData(OAuth4WebApi, "basic")]
    public async Task Userinfo_tells_about_the_person_also_with_a_bound_token(string library, string method)
    {
        var (person, result) = await RunAsync(library, "userInfo", method);

        ShowsConnection(person, result, "bearer");
        Assert.Equal(person, result["told"]!.GetValue<string>());
        Assert.Equal(person, result["toldAgain"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(OpenIdClient, "basic")]
    [InlineData(OpenIdClient, "post")]
    [InlineData(OAuth4WebApi, "basic")]
    [InlineData(OAuth4WebApi, "post")]
    public async Task A_client_asks_about_its_token_and_gives_the_connection_back(string library, string method)
    {
        var (person, result) = await RunAsync(library, "endConnection", method);

        ShowsConnection(person, result, "bearer");
        Assert.True(result["before"]!["active"]!.GetValue<bool>());
        Assert.Equal("""{"active":false}""", result["after"]!.ToJsonString());
        Assert.Equal("invalid_grant", result["error"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(OpenIdClient, "basic")]
    [InlineData(OpenIdClient, "post")]
    [InlineData(OAuth4WebApi, "basic")]
    [InlineData(OAuth4WebApi, "post")]
    public async Task A_service_gets_a_token_of_its_own_without_a_person(string library, string method)
    {
        var (_, result) = await RunAsync(library, "clientCredentials", method, "--grants", "client_credentials");

        Assert.Equal("bearer", result["type"]!.GetValue<string>());
        Assert.Equal("notes:read", result["scope"]!.GetValue<string>());
        Assert.False(result["refreshes"]!.GetValue<bool>());
        Assert.True(result["seen"]!["active"]!.GetValue<bool>());
        Assert.Equal(result["seen"]!["client_id"]!.GetValue<string>(), result["seen"]!["sub"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_resource_that_reads_access_tokens_with_somebody_elses_library_takes_ours()
    {
        var (person, result) = await RunAsync(OAuth4WebApi, "resourceServer", "basic");

        ShowsConnection(person, result, "bearer");
        Assert.Equal(result["subject"]!.GetValue<string>(), result["accessSubject"]!.GetValue<string>());
        Assert.Equal(result["audience"]!.GetValue<string>(), result["accessClient"]!.GetValue<string>());
        Assert.Contains("notes:read", result["accessScope"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static void ShowsConnection(string person, JsonNode result, string type)
    {
        Assert.Equal(type, result["type"]!.GetValue<string>());
        Assert.Equal(person, result["email"]!.GetValue<string>());
        Assert.Equal(Words(Scope), Words(result["scope"]!.GetValue<string>()));
    }

    private static IEnumerable<string> Words(string scope) => scope.Split(' ').Order(StringComparer.Ordinal);

    /// <summary>Runs a flow of a library for a client of its own; for each address it opens, a person in Chromium signs in and approves.</summary>
    private async Task<(string Person, JsonNode Result)> RunAsync(string library, string flow, string method, params string[] options)
    {
        NpmScript.Need();
        using var patience = Patience.Begin(TestContext.Current.CancellationToken);
        var person = await world.NewPersonAsync();
        var (id, secret) = await world.RegisterClientAsync(
            [.. options.Contains("--grants") ? options : ["--redirect-uris", "http://127.0.0.1/callback", .. options], .. method == "none" ? ["--public"] : Array.Empty<string>()]);
        await using var script = NpmScript.Start(library, flow, JsonSerializer.Serialize(new
        {
            issuer = world.Issuer,
            resource = world.McpUrl,
            scope = Scope,
            clientId = id,
            clientSecret = secret,
            method,
        }));
        var ended = script.ExitCodeAsync(patience.Token);
        await SitThroughAsync(script, ended, person, patience.Token);
        Assert.True(await ended == 0, $"{library} {flow}:\n{script.Output}{script.Error}");
        return (person, JsonNode.Parse(Result().Match(script.Output).Groups["json"].Value)!);
    }

    private async Task SitThroughAsync(RunningProgram script, Task ended, string person, CancellationToken ct)
    {
        IPage? page = null;
        for (var opened = 0; ; opened++)
        {
            for (var heard = script.HearsAsync(); Open().Count(script.Output) == opened && !ended.IsCompleted; heard = script.HearsAsync())
            {
                await Task.WhenAny(heard, ended).WaitAsync(ct);
            }

            if (Open().Matches(script.Output).ElementAtOrDefault(opened) is not { } next)
            {
                return;
            }

            page ??= await world.NewPageAsync();
            await page.GoThroughAsync(next.Groups["url"].Value, person);
        }
    }

    [GeneratedRegex("^open (?<url>.+)$", RegexOptions.Multiline)]
    private static partial Regex Open();

    [GeneratedRegex("^result (?<json>.+)$", RegexOptions.Multiline)]
    private static partial Regex Result();
}
