using KOauth.Keys;
using KOauth.Protocol;

namespace KOauth.OAuth.Discovery;

internal static class DiscoveryEndpoint
{
    public const string ServerMetadataPath = "/.well-known/oauth-authorization-server";
    public const string OpenIdConfigurationPath = "/.well-known/openid-configuration";
    public const string JwksPath = "/.well-known/jwks.json";

    /// <summary>
    /// Where the metadata stands. With an issuer path the path is inserted (RFC 8414 §3.1) or appended (OpenID Connect Discovery
    /// §4); the appended form reaches us with the path already cut off, as the plain one.
    /// </summary>
    public static IEnumerable<string> MetadataPaths(IssuerUri issuer) => issuer.Path.Length == 0
        ? [ServerMetadataPath, OpenIdConfigurationPath]
        : [ServerMetadataPath, OpenIdConfigurationPath, ServerMetadataPath + issuer.Path, OpenIdConfigurationPath + issuer.Path];

    public static Task MetadataAsync(HttpContext http)
    {
        var metadata = http.RequestServices.GetRequiredService<Metadata>();
        return SendAsync(http, metadata.Json, metadata.ETag);
    }

    public static Task JwksAsync(HttpContext http)
    {
        var jwks = http.RequestServices.GetRequiredService<Jwks>();
        return SendAsync(http, jwks.Json, jwks.ETag);
    }

    private static Task SendAsync(HttpContext http, ReadOnlyMemory<byte> json, string etag)
    {
        var response = http.Response;
        response.Headers.ETag = etag;
        response.Headers.CacheControl = "public, max-age=300";
        if (http.Request.Headers.IfNoneMatch == etag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = "application/json";
        response.ContentLength = json.Length;
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(json, http.RequestAborted).AsTask();
    }
}
