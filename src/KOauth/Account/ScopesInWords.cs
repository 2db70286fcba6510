using KOauth.Grants;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Resources;

namespace KOauth.Account;

/// <summary>What the application will be able to do, a sentence each.</summary>
internal static class ScopesInWords
{
    public static IReadOnlyList<Permission> Of(Wish wish, Resource? resource, SignedIn person, bool staysConnected)
    {
        var scopes = wish.Scopes;
        var words = scopes.Except(ScopeSet.Standard)
            .Select(scope => Say(scope, resource?.Scopes.FirstOrDefault(s => s.Name == scope)?.Description ?? scope))
            .ToList();
        if (words.Count == 0 && resource is not null)
        {
            words.Add(new Permission($"Use {resource.Name} in your name", IsNew: false));
        }

        if (scopes.Contains(ScopeSet.OpenId))
        {
            words.Add(Say(ScopeSet.OpenId, "Recognise you when you come back"));
        }

        if (scopes.Contains(ScopeSet.Profile))
        {
            words.Add(Say(ScopeSet.Profile, person.Name is { } name ? $"See your name ({name})" : "See your name"));
        }

        if (scopes.Contains(ScopeSet.Email))
        {
            words.Add(Say(ScopeSet.Email, $"See your e-mail address ({person.Email})"));
        }

        if (staysConnected)
        {
            words.Add(new Permission("Stay connected while you are away", IsNew: false)); // refresh tokens come with or without offline_access
        }

        return words;

        // Beside nothing, everything is new, and nothing need be marked.
        Permission Say(string scope, string sentence) => new(sentence, wish.Has.Count > 0 && !wish.Has.Contains(scope));
    }
}

/// <param name="Words">A sentence.</param>
/// <param name="IsNew">The application is connected already, without this.</param>
internal sealed record Permission(string Words, bool IsNew);
