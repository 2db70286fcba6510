using System.Text.Json;

namespace KOauth.Tests.Admin.Clients;

/// <summary><c>--grants</c>: how a client gets its tokens.</summary>
public sealed class ClientGrantsTests : IDisposable
{
    private const string Device = "urn:ietf:params:oauth:grant-type:device_code";

    private readonly CommandLine _koauth = new();

    public void Dispose() => _koauth.Dispose();

    [Fact]
    public async Task A_client_for_devices_needs_no_redirect_uri()
    {
        var result = await _koauth.RunAsync("client", "register", "tv", "--grants", "device_code,refresh_token", "--json");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal([Device, "refresh_token"], json.RootElement.GetProperty("client").GetProperty("grantTypes").EnumerateArray().Select(g => g.GetString()));
    }

    [Fact]
    public async Task A_change_is_told_and_the_long_name_is_the_same()
    {
        await _koauth.RunAsync("client", "register", "app", "--redirect-uris", "https://app.example/cb");

        var result = await _koauth.RunAsync("client", "update", "app", "--grants", $"authorization_code,refresh_token,{Device}");
        var again = await _koauth.RunAsync("client", "update", "app", "--grants", "authorization_code,refresh_token,device_code");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(Device, result.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing to change", again.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("password", "The grant types are authorization_code, refresh_token, client_credentials, device_code")]
    [InlineData("refresh_token,refresh_token", "The grant type is named twice.")]
    [InlineData("authorization_code", "At least one redirect URI is needed.")]
    public async Task A_grant_type_that_cannot_be_changes_nothing(string grants, string sentence)
    {
        await _koauth.RunAsync("client", "register", "tv", "--grants", "device_code");

        var result = await _koauth.RunAsync("client", "update", "tv", "--grants", grants);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(sentence, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_client_gets_the_line_that_registers_it()
    {
        await _koauth.RunAsync("client", "register", "tv", "--grants", "device_code");

        var result = await _koauth.RunAsync("client", "update", "box", "--grants", "device_code");

        Assert.Contains("koauth client register box --grants device_code", result.Error + result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("--redirect-uris", result.Error + result.Output, StringComparison.Ordinal);
    }
}
