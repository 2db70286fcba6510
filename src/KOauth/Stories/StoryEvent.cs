namespace KOauth.Stories;

/// <summary>One thing that happened in a connection attempt. It holds no secret and no <c>state</c>, <c>nonce</c> or challenge.</summary>
/// <param name="Story">The reference: <c>K</c> and six characters.</param>
/// <param name="At">When.</param>
/// <param name="Name">One of <see cref="StoryEvents"/>.</param>
/// <param name="Message">The sentence of the log line.</param>
/// <param name="Reason">The id of the refusal's reason, or null when it went well.</param>
/// <param name="ClientId">The id of a known client; an unknown id is never stored in clear.</param>
/// <param name="User">The person's e-mail address, when known.</param>
/// <param name="Resource">The resource, when known.</param>
/// <param name="Address">The peer's network address.</param>
/// <param name="Details">Named facts: expected, received, detail, fix, scopes.</param>
internal sealed record StoryEvent(
    string Story,
    DateTimeOffset At,
    string Name,
    string Message,
    string? Reason,
    string? ClientId,
    string? User,
    string? Resource,
    string? Address,
    IReadOnlyList<KeyValuePair<string, string>> Details)
{
    public const string Expected = "expected";
    public const string Received = "received";
    public const string Detail = "detail";
    public const string Fix = "fix";

    /// <summary>How many times it happened in a row: a connection that refreshes hourly for a year is few rows.</summary>
    public int Times { get; init; } = 1;

    /// <summary>When it happened last; other than <see cref="At"/> only for what happened several times in a row.</summary>
    public DateTimeOffset LastAt { get; init; } = At;

    public string? Fact(string name) => Details.FirstOrDefault(d => d.Key == name).Value;
}
