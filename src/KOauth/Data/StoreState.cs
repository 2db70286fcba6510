namespace KOauth.Data;

/// <summary>The one row that speaks of the store as a whole.</summary>
internal sealed class StoreState
{
    public const int OnlyId = 1;

    public int Id { get; set; } = OnlyId;

    /// <summary>Raised by a restore and by "revoke all": ends every grant and code made before.</summary>
    public int Epoch { get; set; }

    /// <summary>Raised in the transaction of every change that servers keep in memory; they look at it twice a second.</summary>
    public long ConfigVersion { get; set; }

    /// <summary>The highest time ever seen; time never steps back behind it.</summary>
    public DateTimeOffset HighWater { get; set; }

    /// <summary>Fingerprint of the master key the keys of this database are wrapped with.</summary>
    public byte[]? MasterKeyFingerprint { get; set; }
}
