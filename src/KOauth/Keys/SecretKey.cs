namespace KOauth.Keys;

/// <summary>A symmetric key of the store, wrapped by the master key.</summary>
internal sealed class SecretKey
{
    public required SecretKeyPurpose Purpose { get; set; }

    /// <summary>Small number that tokens carry, so that keys can be replaced.</summary>
    public int Number { get; set; }

    public required byte[] Wrapped { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

internal enum SecretKeyPurpose
{
    /// <summary>MAC of refresh tokens.</summary>
    RefreshToken = 1,

    /// <summary>Seals codes and tickets.</summary>
    Seal = 2,

    /// <summary>Keyed hashes of networks and names.</summary>
    Tag = 3,
}
