using System.Security.Claims;

namespace KOauth.AspNetCore;

/// <summary>Names of scopes, and which of them a user's token carries.</summary>
internal static class Scope
{
    public static string? WhatIsWrongWith(string? name)
    {
        if (string.IsNullOrEmpty(name) || !name.All(IsScopeCharacter))
        {
            return $"'{Printable.Of(name)}' is not the name of one scope. A name has no spaces, quotes, commas or backslashes; list several scopes one by one.";
        }

        // Whether to issue refresh tokens is for the authorization server; in a resource's metadata it misleads clients.
        return name == "offline_access"
            ? "'offline_access' is a matter between client and authorization server; a resource never requires or publishes it."
            : null;
    }

    public static IReadOnlyList<string> Checked(IReadOnlyCollection<string> scopes)
    {
        if (scopes.Count == 0)
        {
            throw new ArgumentException("Name at least one scope. For any signed-in user there is RequireAuthorization().", nameof(scopes));
        }

        return scopes.Select(WhatIsWrongWith).FirstOrDefault(wrong => wrong is not null) is { } sentence
            ? throw new ArgumentException(sentence, nameof(scopes))
            : [.. scopes.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Whether the user's token carries all needed scopes, itself or by a broader one.</summary>
    public static bool Covers(this KOauthOptions options, ClaimsPrincipal? user, IEnumerable<string> needed)
    {
        var granted = GrantedTo(user);
        return needed.All(need => granted.Contains(need) || granted.Any(grant => options.ScopeIncludes(grant, need)));
    }

    private static HashSet<string> GrantedTo(ClaimsPrincipal? user) =>
        (user?.FindAll("scope") ?? [])
            .SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToHashSet(StringComparer.Ordinal);

    // RFC 6749 §3.3, without the comma: the official C# client splits challenges at commas, also inside quotes.
    private static bool IsScopeCharacter(char c) => c is '!' or (>= '#' and <= '[') or (>= ']' and <= '~') && c != ',';
}
