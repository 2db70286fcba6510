namespace KOauth.Grants;

/// <summary>
/// A person's key to one resource, for scripts that cannot sign in. The row holds the hash of the key alone; the key is alive while
/// the row exists, its time is not over, and person and store are at the epochs it was made under.
/// </summary>
internal sealed class ApiKey
{
    public Guid Id { get; set; }

    /// <summary>The part of the key that finds the row; shown in lists, and worth nothing alone.</summary>
    public required string Prefix { get; set; }

    /// <summary>SHA-256 of the whole key, which holds 256 random bits.</summary>
    public required byte[] Hash { get; set; }

    public Guid UserId { get; set; }

    public int ResourceKey { get; set; }

    /// <summary>What its person calls it.</summary>
    public required string Name { get; set; }

    public required string Scopes { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Null when its person said "never".</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>To ten minutes.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    public int UserEpoch { get; set; }

    public int StoreEpoch { get; set; }
}
