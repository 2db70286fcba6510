namespace KOauth.People;

/// <summary>A link sent to a person: an invitation, or a way to set a new password. Works once; a newer one replaces it.</summary>
internal sealed class AccountLink
{
    /// <summary>SHA-256 of the token.</summary>
    public required byte[] Hash { get; set; }

    public AccountLinkPurpose Purpose { get; set; }

    /// <summary>Whose password is set anew; null for an invitation.</summary>
    public Guid? UserId { get; set; }

    /// <summary>Who is invited, normalized like an account's address; null for a reset.</summary>
    public string? Email { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? UsedAt { get; set; }
}

internal enum AccountLinkPurpose
{
    Reset = 0,
    Invitation = 1,
}
