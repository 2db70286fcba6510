using KOauth.Hosting;

namespace KOauth.OAuth.Introspect;

/// <summary>
/// <c>POST /oauth/introspect</c> (RFC 7662): a server asks whether a token holds at this moment. Told are the server the token is for,
/// by its own id and secret, and the client it was issued to; everybody else hears <c>{"active":false}</c> and nothing more
/// (CVE-2026-37979).
/// </summary>
internal sealed class IntrospectFeature : IFeature
{
    public void AddServices(IHostApplicationBuilder builder) => builder.Services
        .AddSingleton<ResourceAuthentication>()
        .AddSingleton<Introspection>();

    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapPost(IntrospectEndpoint.Path, IntrospectEndpoint.HandleAsync).RequireCors(Cors.Policy);
}
