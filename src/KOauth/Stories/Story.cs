using KOauth.Protocol;

namespace KOauth.Stories;

/// <summary>
/// The story of the request at hand, one a request. It begins with a reference of its own; a request that carries a ticket, a
/// code or a refresh token continues the story in which that was made.
/// </summary>
internal sealed class Story(Journal journal, Randomness randomness, TimeProvider clock)
{
    /// <summary>Longer than any honest fact. Strangers choose some of these words, and must not fill the stories of others out of the store.</summary>
    private const int LongestFact = 2_500;

    private string? _reference;

    public string Reference => _reference ??= randomness.StoryReference();

    public string? ClientId { get; set; }

    public string? User { get; set; }

    public string? Resource { get; set; }

    public string? Address { get; set; }

    /// <summary>Takes up the story in which a ticket, code or token was made.</summary>
    public void Continue(string reference) => _reference = reference;

    public void Tell(string name, string message, params ReadOnlySpan<(string Name, string? Value)> details) =>
        Write(name, message, null, Known(details));

    public void Tell(string name, Refusal refusal) => Write(name, refusal.Reason.Owner, refusal.Reason.Id, Known(
    [
        (StoryEvent.Expected, refusal.Expected),
        (StoryEvent.Received, refusal.Received),
        (StoryEvent.Detail, refusal.Detail),
        (StoryEvent.Fix, refusal.Fix),
    ]));

    private static KeyValuePair<string, string>[] Known(ReadOnlySpan<(string Name, string? Value)> details)
    {
        var count = 0;
        foreach (var (_, value) in details)
        {
            count += value is null ? 0 : 1;
        }

        var facts = count == 0 ? [] : new KeyValuePair<string, string>[count];
        var next = 0;
        foreach (var (fact, value) in details)
        {
            if (value is not null)
            {
                facts[next++] = new(fact, Clipped(value));
            }
        }

        return facts;
    }

    private static string Clipped(string text) => text.Length <= LongestFact ? text : text[..LongestFact] + "…";

    private void Write(string name, string message, string? reason, IReadOnlyList<KeyValuePair<string, string>> facts) =>
        journal.Write(new StoryEvent(Reference, clock.GetUtcNow(), name, message, reason, ClientId, User, Resource, Address, facts));
}
