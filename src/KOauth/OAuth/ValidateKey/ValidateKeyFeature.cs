using KOauth.Hosting;

namespace KOauth.OAuth.ValidateKey;

/// <summary>
/// <c>POST /api/validate-key</c> <c>{"apiKey": "koa_…"}</c>: a resource's server asks, with its own id and secret, whether a key holds
/// for it at this moment. It learns whose key it is and what it may do; of a key for another server it learns nothing. The key belongs in
/// the body: addresses end up in logs.
/// </summary>
internal sealed class ValidateKeyFeature : IFeature
{
    public void MapRoutes(IEndpointRouteBuilder routes) => routes.MapPost(ValidateKeyEndpoint.Path, ValidateKeyEndpoint.HandleAsync);
}
