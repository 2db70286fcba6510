namespace KOauth.Grants;

/// <summary>A client that a session signed in to and that wants to hear when the session ends (OpenID Connect Back-Channel Logout).</summary>
internal sealed class SessionClient
{
    /// <summary>See <see cref="People.Session.Sid"/>.</summary>
    public long Sid { get; set; }

    public int ClientKey { get; set; }

    public Guid UserId { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }
}
