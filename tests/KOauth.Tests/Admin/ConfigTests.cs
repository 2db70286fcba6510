using System.Text.Json;
using KOauth.Hosting;

namespace KOauth.Tests.Admin;

public sealed class ConfigTests : IDisposable
{
    private readonly CommandLine _koauth = new();

    public void Dispose() => _koauth.Dispose();

    [Fact, Trait("check", "A-72")]
    public async Task Config_show_names_value_source_and_default_of_every_setting()
    {
        _koauth.Environment["JWT_ISSUER"] = "https://auth.example.com";

        var result = await _koauth.RunAsync("config", "show", "--json");

        using var config = JsonDocument.Parse(result.Output);
        var settings = config.RootElement.GetProperty("settings").EnumerateArray().ToDictionary(s => s.GetProperty("name").GetString()!);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(SettingsTable.All.Select(s => s.Name).Order(), settings.Keys.Order());
        Assert.Equal("https://auth.example.com", settings["KOAUTH_ISSUER"].GetProperty("value").GetString());
        Assert.Equal("environment JWT_ISSUER", settings["KOAUTH_ISSUER"].GetProperty("source").GetString());
        Assert.Equal("http://localhost:3000", settings["KOAUTH_ISSUER"].GetProperty("default").GetString());
        Assert.Equal("default", settings["KOAUTH_REFRESH_GRACE"].GetProperty("source").GetString());
    }

    [Fact, Trait("check", "A-72")]
    public async Task Config_show_hides_secrets_and_opens_nothing()
    {
        _koauth.Environment["KOAUTH_MASTER_KEY"] = SettingsTable.MasterKey.Example;

        var result = await _koauth.RunAsync("config", "show");

        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain(SettingsTable.MasterKey.Example, result.Output, StringComparison.Ordinal);
        Assert.Matches(@"KOAUTH_MASTER_KEY +\(hidden\) +environment KOAUTH_MASTER_KEY", result.Output);
        Assert.False(Directory.Exists(_koauth.DataDirectory));
    }

    [Fact]
    public async Task Config_show_names_problems_and_warnings_and_fails()
    {
        _koauth.Environment["KOAUTH_REFRESH_GRACE"] = "soon";
        _koauth.Environment["KOAUTH_ISUER"] = "https://auth.example.com";

        var result = await _koauth.RunAsync("config", "show");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Problem: KOAUTH_REFRESH_GRACE is 'soon'", result.Error, StringComparison.Ordinal);
        Assert.Contains("Warning: KOAUTH_ISUER is not a setting", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_data_directory_may_be_named_before_and_behind_the_command()
    {
        var before = await _koauth.RunAsync("--data", "/somewhere", "config", "show");
        var behind = await _koauth.RunAsync("config", "show", "--data", "/somewhere");

        Assert.Matches("KOAUTH_DATA +/somewhere +command line --data", before.Output);
        Assert.Equal(before, behind);
    }
}
