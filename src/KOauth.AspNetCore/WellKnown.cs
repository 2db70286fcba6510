using KOauth.Protocol.DPoP;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace KOauth.AspNetCore;

/// <summary>
/// What anybody may ask before signing in: the resource's metadata at both of its addresses (RFC 9728 §3.1), and a browser's question
/// whether it may call at all (CORS). Stands before everything else in the pipeline, so no policy of the application can lock it.
/// </summary>
internal sealed class WellKnown(
    RequestDelegate next, IOptionsMonitor<KOauthOptions> monitor, PublishedScopes published, EndpointDataSource endpoints)
{
    private const string AllowedHeaders =
        "Authorization, DPoP, Content-Type, Accept, Last-Event-ID, MCP-Protocol-Version, Mcp-Method, Mcp-Name, Mcp-Session-Id, *";

    private const string ExposedHeaders = "WWW-Authenticate, Mcp-Session-Id, MCP-Protocol-Version, Retry-After";

    public Task InvokeAsync(HttpContext http)
    {
        var options = monitor.Get(KOauthDefaults.AuthenticationScheme);
        var resource = ResourceAddress.Of(options);
        var path = (http.Request.PathBase + http.Request.Path).Value?.TrimEnd('/') ?? "";

        if (path == KOauthDefaults.ResourceMetadataPath || path == KOauthDefaults.ResourceMetadataPath + resource.Path)
        {
            return AnswerMetadataAsync(http, options, resource);
        }

        var own = options.Path.TrimEnd('/');
        if (!IsMcp(path, resource.Path) && !IsMcp(path, own))
        {
            return next(http);
        }

        if (options.Cors && IsPreflight(http.Request))
        {
            Allow(http.Response);
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        if (options.Cors)
        {
            // At the last moment, so that neither the application nor an error page drops or doubles them.
            http.Response.OnStarting(() =>
            {
                AllowOrigin(http.Response);
                return Task.CompletedTask;
            });
        }

        return ChallengeFirstAsync(http, own);
    }

    /// <summary>
    /// Routing answers 405 and 415 before anybody asks for a token. A client that probes with GET, or with another content type, would
    /// never learn that it has to sign in: only a 401 starts that.
    /// </summary>
    private async Task ChallengeFirstAsync(HttpContext http, string path)
    {
        await next(http);

        if (http.Response is { HasStarted: false, StatusCode: 405 or 415 }
            && endpoints.Endpoints.OfType<RouteEndpoint>().FirstOrDefault(endpoint => IsProtectedAt(path, endpoint)) is { } endpoint
            && !(await http.AuthenticateAsync(KOauthDefaults.AuthenticationScheme)).Succeeded)
        {
            http.Response.Clear();
            http.SetEndpoint(endpoint);
            await http.ChallengeAsync(KOauthDefaults.AuthenticationScheme);
        }
    }

    private Task AnswerMetadataAsync(HttpContext http, KOauthOptions options, ResourceAddress resource)
    {
        if (HttpMethods.IsOptions(http.Request.Method))
        {
            Allow(http.Response);
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        AllowOrigin(http.Response);
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.Headers.Allow = "GET, HEAD, OPTIONS";
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return Task.CompletedTask;
        }

        http.Response.Headers.CacheControl = "public, max-age=60";
        return http.Response.WriteAsJsonAsync(
            new ResourceMetadata(
                resource.Resource, [options.Issuer], published.All, ["header"], options.ResourceName, options.ResourceDocumentation,
                ProofKey.Algorithms, options.RequireBoundTokens ? true : null),
            WireFormat.Default.ResourceMetadata,
            cancellationToken: http.RequestAborted);
    }

    private static bool IsMcp(string path, string endpoint) =>
        path == endpoint || (endpoint.Length > 0 && path.StartsWith(endpoint + "/", StringComparison.Ordinal));

    private static bool IsProtectedAt(string path, RouteEndpoint endpoint) =>
        string.Equals(endpoint.RoutePattern.RawText?.Trim('/'), path.Trim('/'), StringComparison.OrdinalIgnoreCase)
        && endpoint.Metadata.GetMetadata<ScopeRequirement>() is not null;

    private static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) && request.Headers.ContainsKey("Access-Control-Request-Method");

    private static void Allow(HttpResponse response)
    {
        AllowOrigin(response);
        response.Headers.AccessControlAllowMethods = "GET, POST, DELETE, OPTIONS";
        response.Headers.AccessControlAllowHeaders = AllowedHeaders;
        response.Headers.AccessControlMaxAge = "600";
    }

    private static void AllowOrigin(HttpResponse response)
    {
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlExposeHeaders = ExposedHeaders;
    }
}
