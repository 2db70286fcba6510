using KOauth.Protocol;

namespace KOauth.Stories;

/// <summary>
/// The story of the request at hand, one a request. It begins with a reference of its own; a request that carries a ticket, a
/// code or a refresh token continues the story in which that was made.
/// </summary>
internal sealed class Story(Journal journal, Randomness randomness, TimeProvider clock)
{
    private string? _reference;

    public string Reference => _reference ??= randomness.StoryReference();

    public string? ClientId { get; set; }

    public string? User { get; set; }

    public string? Resource { get; set; }

    public string? Address { get; set; }

    /// <summary>Takes up the story in which a ticket, code or token was made.</summary>
    public void Continue(string reference) => _reference = reference;

    public void Tell(string name, string message, params ReadOnlySpan<(string Name, string? Value)> details)
    {
        var facts = new Dictionary<string, string>(details.Length);
        foreach (var (fact, value) in details)
        {
            if (value is not null)
            {
                facts[fact] = value;
            }
        }

        Write(name, message, null, facts);
    }

    public void Tell(string name, Refusal refusal)
    {
        var facts = new Dictionary<string, string>(4);
        Add("expected", refusal.Expected);
        Add("received", refusal.Received);
        Add("detail", refusal.Detail);
        Add("fix", refusal.Fix);
        Write(name, refusal.Reason.Owner, refusal.Reason.Id, facts);

        void Add(string fact, string? value)
        {
            if (value is not null)
            {
                facts[fact] = value;
            }
        }
    }

    private void Write(string name, string message, string? reason, IReadOnlyDictionary<string, string> facts) =>
        journal.Write(new StoryEvent(Reference, clock.GetUtcNow(), name, message, reason, ClientId, User, Resource, Address, facts));
}
