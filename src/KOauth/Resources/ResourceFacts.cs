using KOauth.Data;

namespace KOauth.Resources;

/// <summary>What may be told of a resource: in the audit log, in a terminal, on a page.</summary>
internal static class ResourceFacts
{
    /// <summary>Ids in the audit log, names where people read it.</summary>
    public const string Allow = "allow";

    public static IReadOnlyList<Fact> Of(Resource resource) =>
    [
        new("name", "Name", resource.Name),
        new("audience", "Audience of its tokens", resource.TokenAudience),
        new("scopes", "Scopes", resource.Scopes.Select(s => s.Name).ToArray()),
        new("defaultScopes", "Scopes when none is named", resource.Scopes.Where(s => s.IsDefault).Select(s => s.Name).ToArray()),
        new("descriptions", "Scopes in words", resource.Scopes
            .Where(s => s.Description is not null).Select(s => $"{s.Name}: {s.Description}").ToArray()),
        new(Allow, "Who may use it", resource.Allow?.ToArray()),
    ];
}
