using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Server;

namespace KOauth.AspNetCore;

/// <summary>The scopes clients are told about: in the resource's metadata, and in the challenge to a client without a token.</summary>
internal sealed class PublishedScopes(
    IOptionsMonitor<KOauthOptions> monitor, EndpointDataSource endpoints, IOptions<McpServerOptions> mcp)
{
    private IReadOnlyList<string>? _all;

    private KOauthOptions Options => monitor.Get(KOauthDefaults.AuthenticationScheme);

    /// <summary>The configured ones, else everything that endpoints and tools require. Read once, when the first client asks.</summary>
    public IReadOnlyList<string> All => _all ??= Options.Scopes.Count > 0 ? [.. Options.Scopes] : Required();

    public IReadOnlyList<string> ForSignIn(HttpContext http) =>
        [.. NeededScopes.OfEndpoint(http.GetEndpoint())
            .Concat(Options.InitialScopes.Count > 0 ? Options.InitialScopes : All)
            .Distinct(StringComparer.Ordinal)];

    private IReadOnlyList<string> Required() =>
        [.. endpoints.Endpoints.SelectMany(NeededScopes.OfEndpoint)
            .Concat(McpOperation.AllScopes(mcp.Value))
            .Distinct(StringComparer.Ordinal)];
}
