namespace KOauth.Grants;

/// <summary>
/// One connection is one row. The ledger reads and writes it with prepared statements; this class gives the table its shape
/// and cold paths (lists, clean-up) their view of it. No index on anything a refresh touches.
/// </summary>
internal sealed class Grant
{
    /// <summary>Chosen when the code is sealed: redeeming a code inserts this key, so a second redemption meets it.</summary>
    public Guid Id { get; set; }

    public Guid UserId { get; set; }

    public int ClientKey { get; set; }

    /// <summary>0 when the audience is the issuer itself (<c>openid</c> without resource).</summary>
    public int ResourceKey { get; set; }

    public required string Scopes { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset LastUsedAt { get; set; }

    /// <summary>When the person signed in.</summary>
    public DateTimeOffset AuthenticatedAt { get; set; }

    /// <summary>The generation of the one live refresh token.</summary>
    public int Generation { get; set; }

    /// <summary>The last eight superseded generations.</summary>
    public required byte[] Recent { get; set; }

    /// <summary>Keyed hash of the network that redeemed the code: a replay from there within 10 s ends nothing.</summary>
    public long RedeemedBy { get; set; }

    public int UserEpoch { get; set; }

    public int ClientEpoch { get; set; }

    public int LinkEpoch { get; set; }

    public int StoreEpoch { get; set; }

    /// <summary>The DPoP key the grant is bound to (RFC 9449), or null.</summary>
    public byte[]? Binding { get; set; }

    /// <summary>When a resource first reported an access token of it.</summary>
    public DateTimeOffset? SeenAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public string? EndedBy { get; set; }

    public required string Story { get; set; }
}
