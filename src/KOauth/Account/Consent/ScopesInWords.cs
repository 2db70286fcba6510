using KOauth.People;
using KOauth.Protocol;
using KOauth.Resources;

namespace KOauth.Account.Consent;

/// <summary>What the application will be able to do, a sentence each.</summary>
internal static class ScopesInWords
{
    public static IReadOnlyList<string> Of(ScopeSet scopes, Resource? resource, SignedIn person, bool staysConnected)
    {
        var words = scopes.Except(ScopeSet.Standard)
            .Select(scope => resource?.Scopes.FirstOrDefault(s => s.Name == scope)?.Description ?? scope)
            .ToList();
        if (words.Count == 0 && resource is not null)
        {
            words.Add($"Use {resource.Name} in your name");
        }

        if (scopes.Contains(ScopeSet.OpenId))
        {
            words.Add("Recognise you when you come back");
        }

        if (scopes.Contains(ScopeSet.Profile))
        {
            words.Add(person.Name is { } name ? $"See your name ({name})" : "See your name");
        }

        if (scopes.Contains(ScopeSet.Email))
        {
            words.Add($"See your e-mail address ({person.Email})");
        }

        if (staysConnected)
        {
            words.Add("Stay connected while you are away"); // refresh tokens come with or without offline_access
        }

        return words;
    }
}
