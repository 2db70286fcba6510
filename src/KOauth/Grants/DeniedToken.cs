namespace KOauth.Grants;

/// <summary>An access token that was revoked by itself (RFC 7009), until it would have expired anyway.</summary>
internal sealed class DeniedToken
{
    public required string Jti { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }
}
