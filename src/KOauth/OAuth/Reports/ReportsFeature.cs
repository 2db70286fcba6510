using KOauth.Hosting;

namespace KOauth.OAuth.Reports;

/// <summary>
/// What protected servers and this one tell each other beside the tokens: <c>POST /oauth/seen</c>, a token of a connection arrived, or
/// was refused; <c>GET /oauth/ended</c>, connections that are over although their access tokens are not. Both are courtesy: a server
/// that cannot reach this one goes on by signatures alone (docs/decisions/0013-tokens-that-come-back.md).
/// </summary>
internal sealed class ReportsFeature : IFeature
{
    public void AddServices(IHostApplicationBuilder builder) => builder.Services.AddSingleton<SeenGrants>();

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapPost(SeenEndpoint.Path, SeenEndpoint.HandleAsync);
        routes.MapGet(EndedEndpoint.Path, EndedEndpoint.HandleAsync);
    }
}
