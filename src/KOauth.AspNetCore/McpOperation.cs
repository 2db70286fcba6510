using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace KOauth.AspNetCore;

/// <summary>Which tool, prompt or resource of an MCP server a request is about, and the scopes it needs.</summary>
internal static class McpOperation
{
    public static IEnumerable<string> AllScopes(McpServerOptions server) =>
        Primitives(server.ToolCollection).Concat(Primitives(server.PromptCollection)).Concat(Primitives(server.ResourceCollection))
            .SelectMany(ScopesOf);

    /// <summary>The member of <c>params</c> that names what a method is about; null for methods that are about nothing in particular.</summary>
    public static string? NamedBy(string? method) => method switch
    {
        RequestMethods.ToolsCall or RequestMethods.PromptsGet => "name",
        RequestMethods.ResourcesRead or RequestMethods.ResourcesSubscribe => "uri",
        _ => null,
    };

    public static IReadOnlyList<string> Scopes(McpServerOptions server, string method, string name)
    {
        var meant = method switch
        {
            RequestMethods.ToolsCall => Primitives(server.ToolCollection).Where(tool => tool.Id == name),
            RequestMethods.PromptsGet => Primitives(server.PromptCollection).Where(prompt => prompt.Id == name),
            _ => Primitives(server.ResourceCollection).Where(resource => ((McpServerResource)resource).IsMatch(name)),
        };

        return [.. meant.SelectMany(ScopesOf).Distinct(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> ScopesOf(IMcpServerPrimitive primitive) =>
        primitive.Metadata.OfType<RequireScopeAttribute>().SelectMany(attribute => attribute.Scopes);

    private static IEnumerable<IMcpServerPrimitive> Primitives<T>(McpServerPrimitiveCollection<T>? collection)
        where T : IMcpServerPrimitive => collection?.Cast<IMcpServerPrimitive>() ?? [];
}
