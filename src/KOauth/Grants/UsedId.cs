namespace KOauth.Grants;

/// <summary>
/// The <c>jti</c> of an assertion that was accepted once (RFC 7523 §3): a second insert of the same hash meets the primary key, on
/// every node and after a restart.
/// </summary>
internal sealed class UsedId
{
    /// <summary>SHA-256 of who said it, what for, and the <c>jti</c>.</summary>
    public required byte[] Hash { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }
}
