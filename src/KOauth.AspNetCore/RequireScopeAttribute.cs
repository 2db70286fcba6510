namespace KOauth.AspNetCore;

/// <summary>
/// The scopes an MCP tool, prompt or resource needs besides those of the endpoint, on its method or on the whole class. All of them
/// are needed. A call without them is answered before it runs, with HTTP 403 and a challenge that names every scope of the operation.
/// Tools stay in lists, so that clients find out and ask for more. For endpoints there is
/// <see cref="KOauthExtensions.RequireScope{TBuilder}(TBuilder, string[])"/>.
/// </summary>
/// <example>
/// <code>
/// [McpServerTool, RequireScope("notes:write")]
/// public string AddNote(string text) => …
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed class RequireScopeAttribute : Attribute
{
    /// <summary>Names the scopes.</summary>
    /// <param name="scopes">One or more scopes, one name each.</param>
    /// <exception cref="ArgumentException">There is no scope, or one is not a scope's name.</exception>
    public RequireScopeAttribute(params string[] scopes)
    {
        ArgumentNullException.ThrowIfNull(scopes);

        Scopes = Scope.Checked(scopes);
    }

    /// <summary>The scopes, all of which are needed.</summary>
    public IReadOnlyList<string> Scopes { get; }
}
