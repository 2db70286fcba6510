using System.Text.Json;

namespace KOauth.Tests.Admin.Clients;

/// <summary>Who may exchange tokens for what, from the command line.</summary>
public sealed class ExchangeOptionsTests : IDisposable
{
    private const string Notes = "https://notes.example.test/mcp";
    private const string Files = "https://files.example.test/mcp";
    private const string Register = $"client register notes-server --grants token-exchange --speaks-for {Notes}/ --exchange-targets {Files}";

    private readonly CommandLine _koauth = CommandLine.WithDatabase();

    public void Dispose() => _koauth.Dispose();

    [Fact]
    public async Task A_server_that_only_exchanges_needs_no_redirect_uri_and_shows_what_it_may()
    {
        await AddResourcesAsync();

        var made = await _koauth.TypeAsync($"{Register} --json");

        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        var client = made.Json.GetProperty("client");
        Assert.Equal((Notes, Files), (Only(client, "speaksFor"), Only(client, "exchangeTargets")));
        Assert.Equal("urn:ietf:params:oauth:grant-type:token-exchange", Only(client, "grantTypes"));
        Assert.Contains(Files, (await _koauth.TypeAsync("client show notes-server")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_grant_comes_and_goes_with_the_targets()
    {
        await AddResourcesAsync();
        await _koauth.TypeAsync("client register app --redirect-uris https://app.example.test/cb");

        await _koauth.TypeAsync($"client update app --speaks-for {Notes} --exchange-targets {Files}");
        Assert.Contains("token-exchange", (await _koauth.TypeAsync("client show app")).Output, StringComparison.Ordinal);
        await _koauth.TypeAsync("client update app --exchange-targets none --speaks-for none");

        var shown = (await _koauth.TypeAsync("client show app --json")).Output;
        Assert.DoesNotContain("token-exchange", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Files, shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--public --redirect-uris https://app.example.test/cb --exchange-targets " + Files, "client_metadata_invalid")]
    [InlineData("--redirect-uris https://app.example.test/cb --exchange-targets https://unknown.example.test", "resource_unknown")]
    [InlineData("--redirect-uris https://app.example.test/cb --exchange-targets issuer:other", "resource_unknown")]
    [InlineData("--redirect-uris https://app.example.test/cb --exchange-targets \"issuer:https://other.example.test=a b\"", "resource_unknown")]
    [InlineData("--redirect-uris https://app.example.test/cb --speaks-for issuer:https://other.example.test", "resource_unknown")]
    [InlineData("--redirect-uris https://app.example.test/cb --speaks-for https://unknown.example.test", "resource_unknown")]
    public async Task What_cannot_exchange_is_refused(string options, string reason)
    {
        await AddResourcesAsync();

        var refused = await _koauth.TypeAsync($"client register app {options}");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(reason, refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Servers_that_share_no_scope_are_warned_about()
    {
        await _koauth.TypeAsync($"resource register {Notes} --scopes notes:read");
        await _koauth.TypeAsync($"resource register {Files} --scopes files:read");

        var made = await _koauth.TypeAsync(Register);

        Assert.Equal(0, made.ExitCode);
        Assert.Contains($"koauth resource update {Notes} --add-scope files:read", made.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_that_is_deleted_is_spoken_for_no_more_also_when_it_comes_back()
    {
        await AddResourcesAsync();
        await _koauth.TypeAsync(Register);

        await _koauth.TypeAsync($"resource delete {Notes}");
        await _koauth.TypeAsync($"resource delete {Files}");
        await AddResourcesAsync();

        var client = (await _koauth.TypeAsync("client show notes-server --json")).Json;
        Assert.Equal((0, 0), (client.GetProperty("speaksFor").GetArrayLength(), client.GetProperty("exchangeTargets").GetArrayLength()));
    }

    private async Task AddResourcesAsync()
    {
        foreach (var uri in new[] { Notes, Files })
        {
            Assert.Equal(0, (await _koauth.TypeAsync($"resource register {uri} --scopes read")).ExitCode);
        }
    }

    private static string? Only(JsonElement client, string name) => Assert.Single(client.GetProperty(name).EnumerateArray()).GetString();
}
