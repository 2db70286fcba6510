namespace KOauth.Grants;

/// <summary>
/// A checked authorization request on its way through the pages. It travels sealed, in the query or the form field <c>flow</c>,
/// and the server stores nothing: a million abandoned flows cost nothing (RFC 6819 §4.4.1.11).
/// </summary>
internal sealed record FlowTicket
{
    /// <summary>The grant it will become. Two codes of one ticket are two codes for one grant, so only one can be redeemed.</summary>
    public required Guid GrantId { get; init; }

    public required int ClientKey { get; init; }

    /// <summary>See <see cref="Audience"/>.</summary>
    public required int ResourceKey { get; init; }

    /// <summary>As the request spelled it; it matched a registered one.</summary>
    public required string RedirectUri { get; init; }

    /// <summary>What may be granted: asked for, known to the resource, allowed to the client.</summary>
    public required string Scopes { get; init; }

    /// <summary>The 32 bytes of the PKCE challenge.</summary>
    public required byte[] Challenge { get; init; }

    public string? State { get; init; }

    public string? Nonce { get; init; }

    public required string Story { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Hash of the browser cookie the flow was started with: it continues in no other browser.</summary>
    public required byte[] Browser { get; init; }

    public string? LoginHint { get; init; }

    /// <summary>Ask for approval even if it is remembered.</summary>
    public bool PromptConsent { get; init; }

    /// <summary>The person must have signed in at or after this instant (<c>prompt=login</c>, <c>max_age</c>).</summary>
    public DateTimeOffset? AuthenticatedAfter { get; init; }

    /// <summary>The SHA-256 thumbprint of the DPoP key the code will be bound to (<c>dpop_jkt</c>, RFC 9449 §10), or null.</summary>
    public byte[]? Binding { get; init; }

    /// <summary>The device that waits for the answer (RFC 8628), in place of a browser that is sent back; or null.</summary>
    public WaitingDevice? Device { get; init; }

    /// <summary>What the person was shown, when it is more than what was asked for: see <see cref="StepUp"/>. Only on the consent form.</summary>
    public string? Granting { get; init; }

    /// <summary>On the consent form: whom it was shown to.</summary>
    public Guid? ShownTo { get; init; }
}

/// <summary>What the person who approves a device is told of it.</summary>
/// <param name="Hash">Of its row.</param>
/// <param name="UserCode">The code it shows.</param>
/// <param name="Address">Where it asked from.</param>
/// <param name="Since">When.</param>
internal sealed record WaitingDevice(byte[] Hash, string UserCode, string? Address, DateTimeOffset Since);
