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
        var allowed = client.Scopes is null
            ? audience.Scopes
            : audience.Scopes.Intersect(ScopeSet.Of(client.Scopes.Append(ScopeSet.OfflineAccess)));
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

    private static string Short(string text) => text.Length <= 300 ? text : text[..300] + "…";
}
