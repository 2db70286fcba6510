namespace KOauth.People;

/// <summary>A signed-in browser. The cookie holds 256 random bits, the row only their hash.</summary>
internal sealed class Session
{
    /// <summary>SHA-256 of the cookie.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>Names the session to clients (<c>sid</c>); random, and opens nothing.</summary>
    public long Sid { get; set; }

    public Guid UserId { get; set; }

    /// <summary>The person's epoch at sign-in: another one now means the session has ended.</summary>
    public int UserEpoch { get; set; }

    public DateTimeOffset AuthenticatedAt { get; set; }

    public DateTimeOffset LastSeenAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public string? Address { get; set; }

    public string? UserAgent { get; set; }
}
