namespace KOauth.Clients;

/// <summary>An application that may ask for access. Its rules live here, so that page, command and endpoint cannot differ.</summary>
internal sealed class Client
{
    /// <summary>The internal key that envelopes and grants carry.</summary>
    public int Key { get; set; }

    /// <summary>What the client calls itself on the wire; a metadata document's URL may have 2048 characters.</summary>
    public required string ClientId { get; set; }

    public required string Name { get; set; }

    public ClientOrigin Origin { get; set; }

    /// <summary>As RFC 7591 spells it: <c>client_secret_post</c>, <c>client_secret_basic</c>, <c>none</c>, <c>private_key_jwt</c>.</summary>
    public string AuthMethod { get; set; } = "client_secret_post";

    /// <summary>The current secret and, while they overlap, the previous one. Only hashes.</summary>
    public List<ClientSecret> Secrets { get; set; } = [];

    public List<string> RedirectUris { get; set; } = [];

    public List<string> GrantTypes { get; set; } = ["authorization_code", "refresh_token"];

    /// <summary>The scopes it may be granted; null means all of the resource's and the standard ones.</summary>
    public List<string>? Scopes { get; set; }

    /// <summary>The resources it may be granted, as registered; null means all.</summary>
    public List<string>? Resources { get; set; }

    /// <summary>Signs its ID tokens; null means <c>RS256</c>, which every relying party knows.</summary>
    public string? IdTokenAlgorithm { get; set; }

    /// <summary>Where a browser may be sent after a logout that the client began.</summary>
    public List<string> PostLogoutRedirectUris { get; set; } = [];

    /// <summary>Where it wants to hear that a session it was signed in with has ended.</summary>
    public string? BackChannelLogoutUri { get; set; }

    /// <summary>Only tokens bound to a key of the client's (RFC 9449 §5.2, <c>dpop_bound_access_tokens</c>).</summary>
    public bool RequiresBoundTokens { get; set; }

    /// <summary>Only authorization requests it pushed before (RFC 9126 §6).</summary>
    public bool RequiresPushedRequests { get; set; }

    /// <summary>
    /// The resources whose server it is, as registered: tokens that were made for them it may exchange (RFC 8693). Null means none.
    /// Another thing than <see cref="Resources"/>, which says what it may be granted.
    /// </summary>
    public List<string>? SpeaksFor { get; set; }

    /// <summary>The resources and issuers it may exchange tokens for (RFC 8693); null means none.</summary>
    public List<string>? ExchangeTargets { get; set; }

    /// <summary>No consent page. Only for clients an administrator registered and that prove themselves.</summary>
    public bool Trusted { get; set; }

    public bool Active { get; set; } = true;

    /// <summary>Raised to end every grant and code of this client at once.</summary>
    public int Epoch { get; set; }

    /// <summary>The preset it was made from, for hints and the consent page.</summary>
    public string? Preset { get; set; }

    public string? Description { get; set; }

    public string? Website { get; set; }

    public string? Logo { get; set; }

    /// <summary>Whether the administrator let it in; one that is waiting or denied gets nothing, whoever signs in.</summary>
    public Admission Admission { get; set; }

    /// <summary>The only person it was let in for; null means everybody.</summary>
    public Guid? AdmittedFor { get; set; }

    /// <summary>Its public keys for <c>private_key_jwt</c> (RFC 7591 §2), as it gave them.</summary>
    public string? Jwks { get; set; }

    /// <summary>Where its public keys are, when it did not give them.</summary>
    public string? JwksUri { get; set; }

    /// <summary>The only algorithm of its assertions; null means any that is supported.</summary>
    public string? AssertionAlgorithm { get; set; }

    /// <summary>The network that a client which registered itself came from, as a keyed hash: floods are counted by it.</summary>
    public long? RegisteredFrom { get; set; }

    /// <summary>A hash of what it registered and from where: one attempt that registers twice gets one client.</summary>
    public byte[]? Fingerprint { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? LastUsedAt { get; set; }

    public bool IsPublic => AuthMethod == "none";

    public bool HasSecret => AuthMethod is "client_secret_post" or "client_secret_basic";

    /// <summary>Nobody vouched for it but itself: consent is always shown and never remembered (docs/threat-model.md).</summary>
    public bool IsSelfAsserted => Origin != ClientOrigin.Administrator;
}

internal enum ClientOrigin
{
    Administrator = 0,
    Registration = 1,
    MetadataDocument = 2,
}

internal enum Admission
{
    Admitted = 0,
    Waiting = 1,
    Denied = 2,
}

/// <summary>One secret of a client: 256 random bits, so a plain SHA-256 keeps it safe at rest.</summary>
internal sealed record ClientSecret(byte[] Hash, string LastFour, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);
