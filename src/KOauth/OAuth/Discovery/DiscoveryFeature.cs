using KOauth.Hosting;

namespace KOauth.OAuth.Discovery;

/// <summary>
/// <c>/.well-known/oauth-authorization-server</c> (RFC 8414), <c>/.well-known/openid-configuration</c> (OpenID Connect Discovery)
/// and <c>/.well-known/jwks.json</c> (RFC 7517): what a client reads first. An issuer with a path has its documents at all three
/// inserted forms, byte for byte the same. The bytes are made once; a request only copies them.
/// </summary>
internal sealed class DiscoveryFeature : IFeature
{
    public void AddServices(IHostApplicationBuilder builder) => builder.Services.AddSingleton<Metadata>();

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        var settings = routes.ServiceProvider.GetRequiredService<KOauthSettings>();
        foreach (var path in DiscoveryEndpoint.MetadataPaths(settings.Issuer))
        {
            routes.MapMethods(path, ["GET", "HEAD"], DiscoveryEndpoint.MetadataAsync).RequireCors(Cors.Policy);
        }

        routes.MapMethods(DiscoveryEndpoint.JwksPath, ["GET", "HEAD"], DiscoveryEndpoint.JwksAsync).RequireCors(Cors.Policy);
    }
}
