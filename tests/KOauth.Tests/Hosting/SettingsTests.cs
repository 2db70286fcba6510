using KOauth.Hosting;

namespace KOauth.Tests.Hosting;

public sealed class SettingsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("koauth-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public static TheoryData<string> EverySetting => [.. SettingsTable.All.Select(s => s.Name)];

    [Theory, Trait("check", "A-72")]
    [MemberData(nameof(EverySetting))]
    public void Every_setting_of_the_table_changes_what_the_server_gets(string name)
    {
        var setting = SettingsTable.All.Single(s => s.Name == name);
        var normal = Load();
        var changed = Load((name, setting.Example));

        Assert.Empty(changed.Problems);
        Assert.Equal($"environment {name}", changed.Values.Single(v => v.Setting == setting).Source);
        if (setting == SettingsTable.Database)
        {
            // There is one database in this version; another is refused instead of ignored.
            Assert.NotEmpty(Load((name, "postgres://koauth@db/koauth")).Problems);
            return;
        }

        Assert.NotEqual(Comparable(normal.Settings), Comparable(changed.Settings));
    }

    [Theory, Trait("check", "A-72")]
    [MemberData(nameof(EverySetting))]
    public void The_default_of_the_table_is_the_one_in_effect(string name)
    {
        var setting = SettingsTable.All.Single(s => s.Name == name);
        if (setting.Default.Length == 0 || setting == SettingsTable.MasterKeyFile || setting == SettingsTable.Data)
        {
            return; // no text of its own: none, or a path that depends on the data directory
        }

        Assert.Equal(Comparable(Load().Settings), Comparable(Load((name, setting.Default)).Settings));
    }

    [Fact]
    public void Later_sources_win_environment_then_file_then_command_line()
    {
        File.WriteAllText(Path.Combine(_directory, "koauth.json"), """{ "urls": ["http://127.0.0.1:2000"], "refresh_grace": "2m" }""");

        var loaded = LoadWith(new() { ["--urls"] = "http://127.0.0.1:3000" }, ("KOAUTH_URLS", "http://127.0.0.1:1000"), ("KOAUTH_REFRESH_GRACE", "1m"));

        Assert.Equal(["http://127.0.0.1:3000"], loaded.Checked().Urls);
        Assert.Equal(TimeSpan.FromMinutes(2), loaded.Settings.RefreshGrace);
        Assert.Equal("command line --urls", loaded.Values.Single(v => v.Setting.Name == "KOAUTH_URLS").Source);
        Assert.Equal(Path.Combine(_directory, "koauth.json"), loaded.Values.Single(v => v.Setting.Name == "KOAUTH_REFRESH_GRACE").Source);
    }

    [Fact, Trait("check", "R-26")]
    public void All_problems_are_named_at_once()
    {
        File.WriteAllText(Path.Combine(_directory, "koauth.json"), """{ "acess_token_lifetime": "1h", "data": "/x", "smtp": "smtp://mail", "urls": 7 }""");

        var refused = Assert.Throws<StartRefusedException>(() => Load(
            ("KOAUTH_ISSUER", "http://auth.example.com"), ("KOAUTH_REFRESH_GRACE", "10 minutes"), ("KOAUTH_DATABASE", "postgres://u:hidden@db/x"),
            ("KOAUTH_MASTER_KEY", "short"), ("KOAUTH_TRUSTED_PROXIES", "0.0.0.0/0"), ("KOAUTH_LOG_FORMAT", "xml")).Checked());

        var lines = refused.Message.Split(Environment.NewLine);
        Assert.Equal(10, lines.Length);
        Assert.Contains(lines, l => l.Contains("did you mean access_token_lifetime?", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("'data' cannot stand in", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("'smtp'", StringComparison.Ordinal) && l.Contains("not supported in this version", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("urls in ", StringComparison.Ordinal) || l.StartsWith("'urls' in ", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("set KOAUTH_ISSUER to 'https://auth.example.com'", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("KOAUTH_REFRESH_GRACE is '10 minutes'", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("KOAUTH_MASTER_KEY: ", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("KOAUTH_LOG_FORMAT is 'xml': it may be text or json", StringComparison.Ordinal));
        Assert.DoesNotContain("hidden", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("short", refused.Message, StringComparison.Ordinal);
    }

    [Theory, Trait("check", "A-69")]
    [InlineData("https://auth.example.com/", "set KOAUTH_ISSUER to 'https://auth.example.com'")]
    [InlineData("https://auth.example.com/tenant/", "set KOAUTH_ISSUER to 'https://auth.example.com/tenant'")]
    [InlineData("http://auth.example.com", "it must be https")]
    [InlineData("auth.example.com", "is not a URL")]
    [InlineData("https://auth.example.com?x=1", "has a query")]
    public void An_issuer_that_apps_would_refuse_is_refused_with_the_right_one(string issuer, string sentence)
    {
        Assert.Contains(sentence, Load(("KOAUTH_ISSUER", issuer)).Problems.Single(), StringComparison.Ordinal);
        Assert.Contains($"JWT_ISSUER: The issuer '{issuer}'", Load(("JWT_ISSUER", issuer)).Problems.Single(), StringComparison.Ordinal);
    }

    [Theory, Trait("check", "A-69")]
    [InlineData("http://localhost:3000", "http://0.0.0.0:3000", "set KOAUTH_ISSUER to the https URL")]
    [InlineData("http://localhost:3000", "http://localhost:4000", "apps will find nobody there")]
    public void An_issuer_that_does_not_fit_the_address_is_warned_about(string issuer, string urls, string sentence) =>
        Assert.Contains(sentence, Load(("KOAUTH_ISSUER", issuer), ("KOAUTH_URLS", urls)).Warnings.Single(), StringComparison.Ordinal);

    [Theory]
    [InlineData("http://localhost:4000", "http://localhost:4000")]
    [InlineData("http://127.0.0.1:80", "http://localhost")]
    [InlineData("http://localhost:0", "http://localhost:3000")]
    public void Without_an_issuer_it_is_the_port_of_this_machine(string urls, string issuer) =>
        Assert.Equal(issuer, Load(("KOAUTH_URLS", urls)).Checked().Issuer.Value);

    [Fact, Trait("check", "A-70")]
    public void The_seeds_audience_is_the_default_audience_and_resources_are_explained()
    {
        var loaded = Load(("JWT_AUDIENCE", "claude-mcp,other"));

        Assert.Equal("claude-mcp", loaded.Checked().Audience);
        var warning = loaded.Warnings.Single();
        Assert.Contains("koauth resource register", warning, StringComparison.Ordinal);
        Assert.Contains("the others of the list have no effect", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_from_the_platform_is_listened_at_on_all_addresses() =>
        Assert.Equal(["http://+:8080"], Load(("PORT", "8080"), ("KOAUTH_ISSUER", "https://auth.example.com")).Checked().Urls);

    [Theory, Trait("check", "A-72")]
    [InlineData("KOAUTH_ISUER", "KOAUTH_ISUER is not a setting and has no effect; did you mean KOAUTH_ISSUER?")]
    [InlineData("KOAUTH_SMTP", "KOAUTH_SMTP is not supported in this version and has no effect.")]
    [InlineData("KOAUTH_OIDC_WORK_SECRET", "KOAUTH_OIDC_WORK_SECRET is not supported in this version and has no effect.")]
    [InlineData("KOAUTH_PORT_3000_TCP", null)]
    [InlineData("KOAUTH_SERVICE_HOST", null)]
    [InlineData("KOAUTH_URL", null)]
    [InlineData("HOME", null)]
    public void A_strange_variable_is_named_unless_it_belongs_to_others(string name, string? warning) =>
        Assert.Equal(warning, Load((name, "x")).Warnings.SingleOrDefault());

    [Fact]
    public void A_name_of_another_system_that_loses_is_named()
    {
        var loaded = Load(("KOAUTH_ISSUER", "https://a.example"), ("JWT_ISSUER", "https://b.example"));

        Assert.Equal("JWT_ISSUER has no effect, because KOAUTH_ISSUER is set.", loaded.Warnings.Single());
        Assert.Equal("https://a.example", loaded.Checked().Issuer.Value);
    }

    [Theory]
    [InlineData("{ \"issuer\": ", "is not valid JSON, look at line 1")]
    [InlineData("[]", "must hold one JSON object")]
    [InlineData("{ \"issuer\": \"https://a.example\", \"issuer\": \"https://b.example\" }", "is not valid JSON")]
    [InlineData("{ \"issuer\": null }", "must be a text")]
    public void A_broken_file_is_refused(string json, string sentence)
    {
        File.WriteAllText(Path.Combine(_directory, "koauth.json"), json);

        Assert.Contains(sentence, Load().Problems.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("KOAUTH_URLS", "https://localhost:3000", "leaves certificates to a reverse proxy")]
    [InlineData("KOAUTH_URLS", "localhost:3000", "write addresses to listen at")]
    [InlineData("PORT", "http", "write a port number")]
    [InlineData("KOAUTH_ACCESS_TOKEN_LIFETIME", "2d", "it may be from 1m to 1d")]
    [InlineData("KOAUTH_ACCESS_TOKEN_LIFETIME", "3600", "write a number and a unit")]
    [InlineData("KOAUTH_TRUSTED_PROXIES", "10.0.0.1,proxy", "'proxy' is no address")]
    [InlineData("KOAUTH_AUDIENCE", "a,b", "a token has one audience")]
    [InlineData("KOAUTH_MASTER_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "it is not random")]
    [InlineData("DATABASE_URL", "postgres://db/x", "DATABASE_URL names a database server")]
    public void A_wrong_value_is_refused_with_the_remedy(string name, string value, string sentence) =>
        Assert.Contains(sentence, Load((name, value)).Problems.Single(), StringComparison.Ordinal);

    [Fact]
    public void Settings_that_contradict_each_other_are_refused()
    {
        Assert.Contains("remove one", Load(("KOAUTH_MASTER_KEY", SettingsTable.MasterKey.Example), ("KOAUTH_MASTER_KEY_FILE", "/x")).Problems.Single(), StringComparison.Ordinal);
        Assert.NotEmpty(Load(("KOAUTH_ACCESS_TOKEN_LIFETIME", "12h"), ("KOAUTH_REFRESH_TOKEN_LIFETIME", "2h")).Problems);
    }

    private LoadedSettings Load(params (string Name, string Value)[] environment) => LoadWith([], environment);

    private LoadedSettings LoadWith(Dictionary<string, string> options, params (string Name, string Value)[] environment)
    {
        var variables = environment.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
        variables.TryAdd("KOAUTH_DATA", _directory);
        return Settings.Load(variables, options);
    }

    // Lists and the issuer compare by identity; their texts say whether anything differs.
    private static string Comparable(KOauthSettings s) => string.Join('|', s.Issuer.Value, s.DataDirectory, string.Join(',', s.Urls), s.Audience,
        s.Database, Convert.ToHexString(s.MasterKey ?? []), s.MasterKeyFile, string.Join(',', s.TrustedProxies), s.KeyRotation, s.WritesLogFile, s.AccessTokenLifetime,
        s.RefreshTokenLifetime, s.RefreshTokenIdle, s.RefreshGrace, s.StoryRetention, s.AddressRetention, s.ClientRetention, s.LogFormat, s.LogLevel,
        s.DrainDelay,
        s.DeviceGrant, s.Registration, string.Join(',', s.AssertionIssuers));
}
