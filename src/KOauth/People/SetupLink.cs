namespace KOauth.People;

/// <summary>The link that makes the first administrator: one at a time, valid for an hour, claimed once.</summary>
internal sealed class SetupLink
{
    /// <summary>SHA-256 of the token.</summary>
    public required byte[] Hash { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? ClaimedAt { get; set; }
}
