using Microsoft.AspNetCore.Http;

namespace KOauth.AspNetCore;

/// <summary>Everything the current request needs: the scopes of its endpoint, then those of the tool it calls.</summary>
internal static class NeededScopes
{
    private static readonly object _toolScopes = new();

    public static IReadOnlyList<string> Of(HttpContext http) =>
        [.. OfEndpoint(http.GetEndpoint()).Concat(http.Items[_toolScopes] as IReadOnlyList<string> ?? []).Distinct(StringComparer.Ordinal)];

    public static IEnumerable<string> OfEndpoint(Endpoint? endpoint) =>
        endpoint?.Metadata.GetOrderedMetadata<ScopeRequirement>().SelectMany(requirement => requirement.Scopes) ?? [];

    public static void RememberToolScopes(HttpContext http, IReadOnlyList<string> scopes) => http.Items[_toolScopes] = scopes;
}
