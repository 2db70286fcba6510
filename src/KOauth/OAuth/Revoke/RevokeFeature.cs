using KOauth.Hosting;

namespace KOauth.OAuth.Revoke;

/// <summary>
/// <c>POST /oauth/revoke</c> (RFC 7009): an app gives a token back. A refresh token ends the whole connection, an access token itself.
/// MCP servers that check tokens by themselves accept it until it expires, unless they ask (<c>/oauth/introspect</c>).
/// </summary>
internal sealed class RevokeFeature : IFeature
{
    public void AddServices(IHostApplicationBuilder builder) => builder.Services.AddSingleton<Revocation>();

    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapPost(RevokeEndpoint.Path, RevokeEndpoint.HandleAsync).RequireCors(Cors.Policy);
}
