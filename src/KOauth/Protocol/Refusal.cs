namespace KOauth.Protocol;

/// <summary>
/// A check that said no. It is a value: whoever receives it hands it on until one place tells it to the wire, one to the
/// person and one to the owner. Nothing in it may be a secret.
/// </summary>
internal sealed record Refusal(Reason Reason)
{
    /// <summary>What would have been right; shown to the person and the owner, never to the wire.</summary>
    public string? Expected { get; init; }

    /// <summary>What came instead; may be a client's words, so every reader encodes it.</summary>
    public string? Received { get; init; }

    /// <summary>For the owner alone: which of several causes it was.</summary>
    public string? Detail { get; init; }

    /// <summary>For the owner alone: the command that mends it.</summary>
    public string? Fix { get; init; }

    /// <summary>When it is worth trying again; every limit and every full queue says so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public string Error => Reason.Error;

    public override string ToString() => Reason.Id;
}
