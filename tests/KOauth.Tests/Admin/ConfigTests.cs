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
    public async Task Config_show_says_what_the_outside_sees()
    {
        _koauth.Environment["KOAUTH_ISSUER"] = "https://example.com/auth";
        _koauth.Environment["KOAUTH_URLS"] = "http://127.0.0.1:3000";

        var text = await _koauth.RunAsync("config", "show");
        using var config = JsonDocument.Parse((await _koauth.RunAsync("config", "show", "--json")).Output);

        Assert.Matches("Public URL +https://example.com/auth", text.Output);
        Assert.Matches("Metadata +https://example.com/.well-known/oauth-authorization-server/auth, https://example.com/.well-known/openid-configuration/auth", text.Output);
        Assert.Matches("Listening +http://127.0.0.1:3000", text.Output);
        Assert.Matches("Cookies +__Host-koauth, __Host-koauth-browser, __Host-koauth-known", text.Output);
        Assert.Matches("Proxies +none trusted", text.Output);
        Assert.Contains("Hint: Something in front adds https. Set KOAUTH_TRUSTED_PROXIES", text.Output, StringComparison.Ordinal);
        Assert.Contains("Hint: The proxy may keep /auth or cut it off.", text.Output, StringComparison.Ordinal);
        Assert.Contains("KOAUTH_URLS=http://0.0.0.0:PORT", text.Output, StringComparison.Ordinal);
        var outside = config.RootElement.GetProperty("outside");
        Assert.Equal("https://example.com/auth", outside.GetProperty("publicUrl").GetString());
        Assert.Equal(3, outside.GetProperty("hints").GetArrayLength());
    }

    [Fact]
    public async Task Without_a_mismatch_there_is_no_hint_and_with_a_problem_no_outside()
    {
        _koauth.Environment["KOAUTH_ISSUER"] = "https://auth.example.com";
        _koauth.Environment["KOAUTH_URLS"] = "http://0.0.0.0:3000";
        _koauth.Environment["KOAUTH_TRUSTED_PROXIES"] = "172.18.0.0/16";
        var fine = await _koauth.RunAsync("config", "show");
        _koauth.Environment["KOAUTH_ISSUER"] = "http://auth.example.com";
        var wrong = await _koauth.RunAsync("config", "show");

        Assert.DoesNotContain("Hint:", fine.Output, StringComparison.Ordinal);
        Assert.Matches("Proxies +X-Forwarded-For is believed from 172.18.0.0/16", fine.Output);
        Assert.DoesNotContain("Public URL", wrong.Output, StringComparison.Ordinal);
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
