namespace KOauth.OAuth.Authorize;

/// <summary>An authorization request as its client pushed it: what is sealed into the <c>request_uri</c>.</summary>
internal sealed record PushedRequest
{
    /// <summary>The client that pushed it, and nobody else, may use it (RFC 9126 §2.2).</summary>
    public required int ClientKey { get; init; }

    public required string ClientId { get; init; }

    /// <summary>The grant it will become: however often the page is loaded, one code of it is redeemed.</summary>
    public required Guid GrantId { get; init; }

    public required string Story { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The parameters that mean something here; never the client's secret.</summary>
    public required Dictionary<string, string[]> Parameters { get; init; }
}
