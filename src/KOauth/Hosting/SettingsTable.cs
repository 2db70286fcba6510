namespace KOauth.Hosting;

/// <summary>
/// Every setting, once: the loader, <c>koauth config show</c> and docs/settings.md all come from this table. The order matters only
/// in that the data directory comes first, because the file and the default key lie in it.
/// </summary>
internal static class SettingsTable
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    public static readonly Setting Data = new("KOAUTH_DATA", "./data",
        "The data directory: database, keys, stories, `koauth.json`.")
    { Example = "/var/lib/koauth", Read = SettingReaders.Data, Option = "--data", IsNotInFile = true };

    public static readonly Setting Urls = new("KOAUTH_URLS", "http://localhost:3000",
        "Where the server listens, several separated by commas. It speaks http; a reverse proxy adds https.")
    { Example = "http://0.0.0.0:8080", Read = SettingReaders.Urls, Option = "--urls", AlsoFrom = ["PORT", "ASPNETCORE_URLS"] };

    public static readonly Setting Issuer = new("KOAUTH_ISSUER", "http://localhost:3000",
        "The public URL of this server, without a slash at the end. Outside of the machine itself it must be https. Apps compare it letter by letter, and changing it disconnects everybody. Default: localhost with the port of `KOAUTH_URLS`.")
    { Example = "https://auth.example.com", Read = SettingReaders.Issuer, AlsoFrom = ["JWT_ISSUER"] };

    public static readonly Setting Audience = new("KOAUTH_AUDIENCE", "",
        "The audience of tokens that an administrator's client asks for without naming a `resource`. Default: the client's only resource, else such a request is refused. Better: `koauth resource register URL`.")
    { Example = "https://mcp.example.com/mcp", Read = SettingReaders.Audience, AlsoFrom = ["JWT_AUDIENCE"] };

    public static readonly Setting Database = new("KOAUTH_DATABASE", "sqlite",
        "The database: `sqlite`, the file `koauth.db` in the data directory.")
    { Example = "sqlite", Read = SettingReaders.Database, AlsoFrom = ["DATABASE_URL"] };

    public static readonly Setting MasterKey = new("KOAUTH_MASTER_KEY", "",
        "The key that wraps all other keys: 32 random bytes in base64 or hexadecimal. Default: the file of `KOAUTH_MASTER_KEY_FILE`.")
    { Example = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=", Read = SettingReaders.MasterKey, IsSecret = true };

    public static readonly Setting MasterKeyFile = new("KOAUTH_MASTER_KEY_FILE", "master.key in the data directory",
        "The file with the master key. It is generated at the first start with mode 0600. Keep a copy apart from the backups.")
    { Example = "/run/secrets/koauth-master-key", Read = SettingReaders.MasterKeyFile };

    public static readonly Setting TrustedProxies = new("KOAUTH_TRUSTED_PROXIES", "",
        "Addresses or networks of reverse proxies whose `X-Forwarded-For` is believed, separated by commas. Without it the header is ignored and limits per address are off for requests that carry it.")
    { Example = "172.18.0.0/16", Read = SettingReaders.TrustedProxies };

    public static readonly IReadOnlyList<Setting> All =
    [
        Data, Urls, Issuer, Audience, Database, MasterKey, MasterKeyFile, TrustedProxies,
        new Setting("KOAUTH_DEVICE_GRANT", "on", "`on` lets clients that an administrator registered with `--grants device_code` sign in on devices without a browser (RFC 8628). `off` takes endpoint and page away.")
        {
            Example = "off",
            Read = SettingReaders.OneOf((s, on) => s with { DeviceGrant = on }, ("on", true), ("off", false)),
        },
        Lifetime("KOAUTH_DRAIN_DELAY", "0", "5s", TimeSpan.Zero, TimeSpan.FromMinutes(5),
            (s, d) => s with { DrainDelay = d }, "How long a server that was told to stop goes on serving while `/health/ready` says no, so that a load balancer looks elsewhere first. Requests under way are finished in any case."),
        Lifetime("KOAUTH_ACCESS_TOKEN_LIFETIME", "1h", "8h", TimeSpan.FromMinutes(1), _day,
            (s, d) => s with { AccessTokenLifetime = d }, "How long an access token is accepted."),
        Lifetime("KOAUTH_REFRESH_TOKEN_LIFETIME", "90d", "365d", TimeSpan.FromHours(1), 3650 * _day,
            (s, d) => s with { RefreshTokenLifetime = d }, "How long a connection lives at most before the person signs in again."),
        Lifetime("KOAUTH_REFRESH_TOKEN_IDLE", "30d", "60d", TimeSpan.FromHours(1), 3650 * _day,
            (s, d) => s with { RefreshTokenIdle = d }, "How long a connection may go unused before it ends."),
        Lifetime("KOAUTH_REFRESH_GRACE", "10m", "0", TimeSpan.Zero, _day,
            (s, d) => s with { RefreshGrace = d }, "How long a superseded refresh token is still answered to the same source, so that parallel refreshes and lost answers disconnect nobody. `0` is strict rotation."),
        Lifetime("KOAUTH_STORY_RETENTION", "90d", "30d", _day, 3650 * _day,
            (s, d) => s with { StoryRetention = d }, "How long connection stories are kept."),
        Lifetime("KOAUTH_ADDRESS_RETENTION", "30d", "7d", TimeSpan.Zero, 3650 * _day,
            (s, d) => s with { AddressRetention = d }, "How long network addresses stay in the stories."),
        Lifetime("KOAUTH_CLIENT_RETENTION", "30d", "7d", TimeSpan.FromHours(1), 3650 * _day,
            (s, d) => s with { ClientRetention = d }, "How long a client that registered itself is kept while nobody uses it or is connected with it. Clients an administrator registered are kept for ever."),
        new Setting("KOAUTH_ASSERTION_ISSUERS", "",
            "Identity providers that may send people here without a sign-in page (enterprise-managed authorization, ID-JAG): `ISSUER=KEYS`, several separated by commas. `KEYS` is the provider's `jwks_uri`, or the whole path of a file with its JWK Set. Whom an assertion speaks of is said by `koauth user update EMAIL --link-issuer ISSUER --link-subject SUBJECT`.")
        { Example = "https://login.example.com=https://login.example.com/keys", Read = AssertionIssuer.Read },
        Lifetime("KOAUTH_KEY_ROTATION", "90d", "30d", 7 * _day, 3650 * _day,
            (s, d) => s with { KeyRotation = d }, "How long a signing key signs before the next one takes over, which is published a day before."),
        new Setting("KOAUTH_REGISTRATION", "open",
            "Who may register an app that nobody registered before: `open` lets every app register itself, and people are asked each time they connect one; `off` leaves it to the administrator.")
        {
            Example = "off",
            Read = SettingReaders.OneOf((s, r) => s with { Registration = r }, ("open", RegistrationPolicy.Open), ("off", RegistrationPolicy.Off)),
        },
        new Setting("KOAUTH_LOG_FORMAT", "text", "`text` is a line for people, `json` an object for programs.")
        {
            Example = "json",
            Read = SettingReaders.OneOf((s, f) => s with { LogFormat = f }, ("text", LogFormat.Text), ("json", LogFormat.Json)),
        },
        new Setting("KOAUTH_LOG_FILE", "on", "`on` keeps the last of the log in `logs` in the data directory, for `koauth logs`: 16 MB at most, no line for longer than `KOAUTH_ADDRESS_RETENTION`.")
        {
            Example = "off",
            Read = SettingReaders.OneOf((s, on) => s with { WritesLogFile = on }, ("on", true), ("off", false)),
        },
        new Setting("KOAUTH_LOG_LEVEL", "info", "`error`, `warning`, `info`, `debug` or `trace`.")
        {
            Example = "debug",
            Read = SettingReaders.OneOf((s, l) => s with { LogLevel = l }, ("error", LogLevel.Error), ("warning", LogLevel.Warning),
                ("info", LogLevel.Information), ("debug", LogLevel.Debug), ("trace", LogLevel.Trace)),
        },
    ];

    /// <summary>Settings of features that this version does not have: whoever sets one is told so. A star stands for any ending.</summary>
    public static readonly IReadOnlyList<string> NotYet =
    [
        "KOAUTH_METRICS_TOKEN", "KOAUTH_AUDIT_RETENTION", "KOAUTH_SIGNUP", "KOAUTH_SMTP", "KOAUTH_MAIL_FROM",
        "KOAUTH_GOOGLE_*", "KOAUTH_GITHUB_*", "KOAUTH_OIDC_*",
    ];

    /// <summary>Names that others set: Kubernetes for a service called koauth, and the MCP server's side of KOauth.</summary>
    public static readonly IReadOnlyList<string> OfOthers =
        ["KOAUTH_PORT*", "KOAUTH_SERVICE_*", "KOAUTH_URL", "KOAUTH_RESOURCE_ID", "KOAUTH_RESOURCE_SECRET"];

    public static bool Matches(IReadOnlyList<string> patterns, string name) => patterns.Any(pattern =>
        pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern);

    private static Setting Lifetime(string name, string normal, string example, TimeSpan least, TimeSpan most,
        Func<KOauthSettings, TimeSpan, KOauthSettings> put, string help) =>
        new(name, normal, $"{help} From {Duration.Text(least)} to {Duration.Text(most)}.") { Example = example, Read = SettingReaders.Lifetime(least, most, put) };
}
