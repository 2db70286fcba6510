using KOauth.Clients;
using KOauth.Grants;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth;

/// <summary>Which of the scopes asked for may be granted. Unknown and disallowed ones are dropped and named in the story.</summary>
internal static class ScopeChoice
{
    public static Outcome<ScopeSet> Make(ScopeSet asked, Audience audience, Client client, Story story)
    {
        var allowed = Allowed(audience, client);
        var granted = (asked.Count == 0 ? audience.DefaultScopes() : asked).Intersect(allowed);
        var dropped = asked.Except(granted);
        if (dropped.Count > 0)
        {
            story.Tell(StoryEvents.ScopesReduced, "Some scopes are unknown or not allowed and were dropped", ("dropped", Short(dropped.ToString())));
        }

        return granted.Count == 0 && asked.Count > 0 && audience.Resource is { Scopes.Count: > 0 }
            ? new Refusal(Reasons.ScopeEmpty) { Expected = allowed.ToString(), Received = Short(asked.ToString()) }
            : granted;
    }

    /// <summary>
    /// What of an earlier approval may still be had. The client or the resource may have lost scopes since: a token is never made for
    /// more than a new request would be given.
    /// </summary>
    public static Outcome<ScopeSet> Remaining(ScopeSet approved, Audience audience, Client client)
    {
        var remaining = Allowed(audience, client).Intersect(approved); // in the order of the audience, as codes have it
        return remaining.Count == 0 && approved.Count > 0 ? new Refusal(Reasons.ScopesGone) { Received = approved.ToString() } : remaining;
    }

    private static ScopeSet Allowed(Audience audience, Client client) => client.Scopes is null
        ? audience.Scopes
        : audience.Scopes.Intersect(ScopeSet.Of(client.Scopes.Append(ScopeSet.OfflineAccess)));

    private static string Short(string text) => text.Length <= 300 ? text : text[..300] + "…";
}
