namespace KOauth.Grants;

/// <summary>
/// A remembered approval: per person, client and resource, only for clients an administrator registered. It holds while the
/// client's epoch is the same and no new scope is asked for.
/// </summary>
internal sealed class Consent
{
    public Guid UserId { get; set; }

    public int ClientKey { get; set; }

    public int ResourceKey { get; set; }

    public required string Scopes { get; set; }

    /// <summary>The redirect URI it was given for, without the port where that is free.</summary>
    public required string RedirectUri { get; set; }

    public int ClientEpoch { get; set; }

    public DateTimeOffset ApprovedAt { get; set; }
}
