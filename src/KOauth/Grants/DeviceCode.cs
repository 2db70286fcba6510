namespace KOauth.Grants;

/// <summary>
/// A device that waits for a person to approve it elsewhere (RFC 8628). Unlike an authorization code it must be looked up by a short
/// code that a person types, so it is a row.
/// </summary>
internal sealed class DeviceCode
{
    /// <summary>SHA-256 of the device code.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>Keyed hash of the user code, unique while the row lives.</summary>
    public required byte[] UserCodeHash { get; set; }

    public int ClientKey { get; set; }

    public int ResourceKey { get; set; }

    public required string Scopes { get; set; }

    public required string Story { get; set; }

    public DeviceCodeState State { get; set; }

    /// <summary>The grant it becomes.</summary>
    public Guid GrantId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? PolledAt { get; set; }

    /// <summary>Seconds between two polls; grows by five when the device does not wait (RFC 8628 §3.5).</summary>
    public int Interval { get; set; }

    /// <summary>Who answered, when signed in, and the epochs of that moment.</summary>
    public Guid? UserId { get; set; }

    public DateTimeOffset? AuthenticatedAt { get; set; }

    public int UserEpoch { get; set; }

    public int ClientEpoch { get; set; }

    public int LinkEpoch { get; set; }

    public int StoreEpoch { get; set; }

    /// <summary>Network of the device, shown to the person who is asked to approve it.</summary>
    public string? Address { get; set; }
}

internal enum DeviceCodeState
{
    Pending = 0,
    Approved = 1,
    Denied = 2,
}
