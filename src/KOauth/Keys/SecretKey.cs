namespace KOauth.Keys;

/// <summary>A symmetric key of the store, wrapped by the master key.</summary>
internal sealed class SecretKey
{
    public const int Length = 32;

    public required SecretKeyPurpose Purpose { get; set; }

    /// <summary>Small number that tokens carry, so that keys can be replaced.</summary>
    public int Number { get; set; }

    public required byte[] Wrapped { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>What the wrapping authenticates besides the key.</summary>
    public string WrappingId => $"{(int)Purpose}:{Number}";

    /// <summary>The key, or null when the row cannot be opened.</summary>
    public byte[]? Unwrap(MasterKey master) =>
        master.Unwrap(WrappedKind.SecretKey, WrappingId, Wrapped) is { Length: Length } key ? key : null;
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
