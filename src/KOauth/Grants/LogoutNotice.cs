namespace KOauth.Grants;

/// <summary>A logout token that is still to be delivered (OpenID Connect Back-Channel Logout §2.5); it survives a restart.</summary>
internal sealed class LogoutNotice
{
    public long Id { get; set; }

    public int ClientKey { get; set; }

    public Guid UserId { get; set; }

    public long Sid { get; set; }

    public int Attempts { get; set; }

    public DateTimeOffset NextAttemptAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
