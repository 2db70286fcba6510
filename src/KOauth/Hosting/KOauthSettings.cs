using KOauth.Data;
using KOauth.Protocol;

namespace KOauth.Hosting;

/// <summary>Every setting, checked. Where each came from is told by <c>koauth config show</c>.</summary>
internal sealed record KOauthSettings
{
    /// <summary>The public URL of this server.</summary>
    public required IssuerUri Issuer { get; init; }

    /// <summary>The directory of database, keys, mails and lock; an absolute path.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Addresses to listen at.</summary>
    public required IReadOnlyList<string> Urls { get; init; }

    /// <summary>Audience of tokens asked for without <c>resource</c> by clients an administrator registered; null: the client's only resource.</summary>
    public string? Audience { get; init; }

    /// <summary><c>sqlite</c>: the file <c>koauth.db</c> in the data directory.</summary>
    public string Database { get; init; } = "sqlite";

    /// <summary>The master key as 32 bytes, or null: the file <see cref="MasterKeyFile"/>.</summary>
    public byte[]? MasterKey { get; init; }

    public required string MasterKeyFile { get; init; }

    /// <summary>Networks whose <c>X-Forwarded-For</c> is believed.</summary>
    public IReadOnlyList<System.Net.IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>How long a stopping server goes on serving while it says that it is not ready.</summary>
    public TimeSpan DrainDelay { get; init; }

    /// <summary>Whether devices without a browser may be approved elsewhere (RFC 8628).</summary>
    public bool DeviceGrant { get; init; } = true;

    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromHours(1);

    public TimeSpan RefreshTokenLifetime { get; init; } = TimeSpan.FromDays(90);

    public TimeSpan RefreshTokenIdle { get; init; } = TimeSpan.FromDays(30);

    public TimeSpan RefreshGrace { get; init; } = TimeSpan.FromMinutes(10);

    public TimeSpan StoryRetention { get; init; } = TimeSpan.FromDays(90);

    public TimeSpan AddressRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Who may register an app that nobody registered before.</summary>
    public RegistrationPolicy Registration { get; init; }

    /// <summary>How long a client that registered itself is kept while nobody is connected with it.</summary>
    public TimeSpan ClientRetention { get; init; } = TimeSpan.FromDays(30);
    /// <summary>Identity providers whose assertions about people are believed.</summary>
    public IReadOnlyList<AssertionIssuer> AssertionIssuers { get; init; } = [];

    /// <summary>How long a signing key signs before the next one takes over.</summary>
    public TimeSpan KeyRotation { get; init; } = TimeSpan.FromDays(90);

    public bool WritesLogFile { get; init; } = true;

    /// <summary>Whether the log is written to a file, too; lines name addresses.</summary>
    public bool KeepsLogFile => WritesLogFile && AddressRetention > TimeSpan.Zero;

    public LogFormat LogFormat { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    public string DatabaseFile => Path.Combine(DataDirectory, "koauth.db");

    public string StoriesFile => Path.Combine(DataDirectory, "stories.db");

    /// <summary>What of it the floor below needs.</summary>
    public StoreSettings Store => new()
    {
        DataDirectory = DataDirectory,
        RefreshGrace = RefreshGrace,
        RefreshIdle = RefreshTokenIdle,
    };
}

internal enum LogFormat
{
    Text = 0,
    Json = 1,
}
