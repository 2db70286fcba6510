namespace KOauth.Data;

/// <summary>What this floor needs to know of the settings.</summary>
internal sealed record StoreSettings
{
    public required string DataDirectory { get; init; }

    /// <summary>How long a superseded refresh token is answered; zero is strict rotation.</summary>
    public TimeSpan RefreshGrace { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A grant not refreshed for this long is asked for no more.</summary>
    public TimeSpan RefreshIdle { get; init; } = TimeSpan.FromDays(30);

    /// <summary>False only in tests: commits do not wait for the disk.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>What <see cref="Clock"/> reads.</summary>
    public TimeProvider SystemClock { get; init; } = TimeProvider.System;

    public string DatabaseFile => Path.Combine(DataDirectory, "koauth.db");
}
