namespace KOauth.Grants;

/// <summary>
/// A grant that ended while access tokens of it may still be valid, for MCP servers that ask (<c>GET /oauth/ended</c>). It is
/// forgotten when the last of them has expired.
/// </summary>
internal sealed class EndedGrant
{
    public Guid GrantId { get; set; }

    public DateTimeOffset EndedAt { get; set; }
}
