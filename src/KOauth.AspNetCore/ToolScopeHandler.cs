using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace KOauth.AspNetCore;

/// <summary>
/// Looks into a call to an MCP endpoint before the SDK does, because only an HTTP answer can make a client ask for more scopes: by the
/// time the SDK runs a tool, a refusal would be a JSON-RPC error inside a 200, which clients show as a failed tool. What slips through
/// here, however a body was twisted, meets <see cref="McpGuard"/>, which sees the message as the SDK understood it.
/// </summary>
internal sealed class ToolScopeHandler(IOptionsMonitor<KOauthOptions> options, IOptions<McpServerOptions> mcp) : IAuthorizationHandler
{
    public async Task HandleAsync(AuthorizationHandlerContext context)
    {
        if (context.Resource is not HttpContext http
            || context.User.Identity?.IsAuthenticated is not true
            || !IsMcpCall(http)
            || !McpOperation.AllScopes(mcp.Value).Any())
        {
            return;
        }

        var needed = await ReadNeededScopesAsync(http.Request, http.RequestAborted);
        NeededScopes.RememberToolScopes(http, needed);
        if (!options.Get(KOauthDefaults.AuthenticationScheme).Covers(context.User, needed))
        {
            context.Fail(new AuthorizationFailureReason(this, "The tool needs more scopes."));
        }
    }

    // MapMcp says of its endpoints that they may answer with a JSON-RPC error; nobody else's do.
    private static bool IsMcpCall(HttpContext http) =>
        HttpMethods.IsPost(http.Request.Method)
        && http.GetEndpoint()?.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Any(answer => answer.Type == typeof(JsonRpcError)) is true;

    private async Task<IReadOnlyList<string>> ReadNeededScopesAsync(HttpRequest request, CancellationToken ct)
    {
        request.EnableBuffering();
        try
        {
            using var message = await JsonDocument.ParseAsync(request.Body, cancellationToken: ct);
            return ScopesOf(message.RootElement);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return []; // not a message; the SDK says so better
        }
        finally
        {
            request.Body.Position = 0;
        }
    }

    private IReadOnlyList<string> ScopesOf(JsonElement message) =>
        StringOf(message, "method") is { } method
        && McpOperation.NamedBy(method) is { } member
        && message.TryGetProperty("params", out var parameters)
        && StringOf(parameters, member) is { } name
            ? McpOperation.Scopes(mcp.Value, method, name)
            : [];

    private static string? StringOf(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
