using System.CommandLine;
using KOauth.Data;
using KOauth.Grants;
using KOauth.Resources;

namespace KOauth.Admin.Resources;

/// <summary>A resource as the command line and the API show it.</summary>
internal sealed record ResourceView(
    string Uri,
    string Name,
    string Audience,
    IReadOnlyList<ScopeView> Scopes,
    DateTimeOffset CreatedAt,
    int LiveConnections)
{
    /// <summary>Who may use it, in words; known where one resource is shown.</summary>
    public IReadOnlyList<string>? Allow { get; init; }

    public static async Task<ResourceView> ReadAsync(Resource resource, IServiceProvider services, CancellationToken ct, int liveConnections = 0) =>
        Of(resource, liveConnections) with { Allow = await services.GetRequiredService<AllowWords>().WriteAsync(resource.Allow, ct) };

    public static ResourceView Of(Resource resource, int liveConnections = 0) => new(
        resource.Uri,
        resource.Name,
        resource.TokenAudience,
        [.. resource.Scopes.Select(s => new ScopeView(s.Name, s.Description, s.IsDefault))],
        resource.CreatedAt,
        liveConnections);

    public void Print(ParseResult command) => command.PrintFacts(
    [
        new Fact("uri", "URL", Uri),
        new Fact("name", "Name", Name),
        new Fact("audience", "Audience of its tokens", Audience),
        new Fact("scopes", "Scopes", Scopes.Select(Words).ToArray()),
        new Fact("allow", "Who may use it", Allow),
        new Fact("createdAt", "Created", CreatedAt),
        new Fact("liveConnections", "Live connections", LiveConnections),
    ]);

    private static string Words(ScopeView scope) =>
        $"{scope.Name}{(scope.IsDefault ? "" : " (only when asked for)")}{(scope.Description is null ? "" : $": {scope.Description}")}";
}

internal sealed record ScopeView(string Name, string? Description, bool IsDefault);
