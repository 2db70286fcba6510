namespace KOauth.Resources;

/// <summary>A protected server that tokens may be issued for (RFC 8707).</summary>
internal sealed class Resource
{
    /// <summary>The internal key that envelopes and grants carry.</summary>
    public int Key { get; set; }

    /// <summary>The URL as registered; unless <see cref="Audience"/> says otherwise it is the <c>aud</c> of its tokens.</summary>
    public required string Uri { get; set; }

    /// <summary>The spelling that is compared, unique.</summary>
    public required string Canonical { get; set; }

    /// <summary>Another <c>aud</c> than the URL, for servers that insist on one.</summary>
    public string? Audience { get; set; }

    public required string Name { get; set; }

    public List<ResourceScope> Scopes { get; set; } = [];

    /// <summary>The highest id a scope of it ever had.</summary>
    public int LastScopeId { get; set; }

    /// <summary>Who may use it: <c>everyone</c>, <c>user:ID</c>, <c>group:KEY</c>; null means what the sign-up setting implies.</summary>
    public List<string>? Allow { get; set; }

    /// <summary>The id its server names itself by when it asks us about a token.</summary>
    public string? CredentialId { get; set; }

    /// <summary>The secret that goes with it and, while they overlap, the previous one. Only hashes.</summary>
    public List<ResourceSecret> Secrets { get; set; } = [];

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>What stands in <c>aud</c>.</summary>
    public string TokenAudience => Audience ?? Uri;
}

/// <summary>
/// A scope of a resource. The id is stable for the life of the resource and never used again, because sealed codes carry ids
/// instead of texts.
/// </summary>
internal sealed record ResourceScope(int Id, string Name, string? Description, bool IsDefault);

/// <summary>One secret of a resource: 256 random bits, so a plain SHA-256 keeps it safe at rest.</summary>
internal sealed record ResourceSecret(byte[] Hash, string LastFour, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);
