using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace KOauth.AspNetCore;

/// <summary>
/// The lock behind <see cref="ToolScopeHandler"/>'s doorbell: no message reaches a tool, prompt or resource that needs scopes its sender
/// lacks, also when the endpoint was mapped without <c>RequireScope</c> or comes over another transport.
/// </summary>
internal sealed class McpGuard(IOptionsMonitor<KOauthOptions> options) : IPostConfigureOptions<McpServerOptions>
{
    public void PostConfigure(string? name, McpServerOptions server) =>
        server.Filters.Message.IncomingFilters.Add(next => async (context, ct) =>
        {
            if (context.JsonRpcMessage is JsonRpcRequest request
                && McpOperation.NamedBy(request.Method) is { } member
                && (request.Params as JsonObject)?[member] is JsonValue value
                && value.TryGetValue<string>(out var what))
            {
                Demand(McpOperation.Scopes(server, request.Method, what), context);
            }

            await next(context, ct);
        });

    private void Demand(IReadOnlyList<string> scopes, MessageContext context)
    {
        if (!options.Get(KOauthDefaults.AuthenticationScheme).Covers(context.User, scopes))
        {
            throw new McpProtocolException($"This needs the scopes: {string.Join(' ', scopes)}.", McpErrorCode.InvalidRequest);
        }
    }
}
