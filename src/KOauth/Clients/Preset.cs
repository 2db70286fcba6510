namespace KOauth.Clients;

/// <summary>What is known about a client that many people use, with where it was learned and when.</summary>
internal sealed record Preset
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Which editions it stands for.</summary>
    public string? Covers { get; init; }

    /// <summary>The redirect URIs that registering by this preset gives.</summary>
    public required IReadOnlyList<string> RedirectUris { get; init; }

    /// <summary>A redirect URI that differs for each connection, with the changing part in braces.</summary>
    public string? RedirectUriPattern { get; init; }

    /// <summary>Redirect URIs that were seen or named elsewhere; never registered by the preset.</summary>
    public IReadOnlyList<OtherRedirectUri> OtherRedirectUris { get; init; } = [];

    /// <summary>The URL that is its client id where metadata documents are supported.</summary>
    public string? MetadataDocument { get; init; }

    public string? MetadataDocumentPattern { get; init; }

    /// <summary>How a client registered by this preset authenticates.</summary>
    public required string AuthMethod { get; init; }

    public string? AuthNote { get; init; }

    /// <summary>The networks its requests come from, when it publishes them.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    public PastePlace? Paste { get; init; }

    public IReadOnlyList<string> Quirks { get; init; } = [];

    public required string Source { get; init; }

    /// <summary>The day the source was read.</summary>
    public required DateOnly Checked { get; init; }

    public required Confidence Confidence { get; init; }
}

internal sealed record OtherRedirectUri(string Uri, string Note, string Source, DateOnly Checked, Confidence Confidence);

/// <summary>Where in the client's settings the values go, and what its fields are called.</summary>
internal sealed record PastePlace(string Where, string Url, string ClientId, string? ClientSecret);

/// <summary>How well a fact is known: by the vendor's document, the client's source code, reports of users, or not for certain.</summary>
internal enum Confidence
{
    Documented,
    Source,
    Reported,
    Unverified,
}
