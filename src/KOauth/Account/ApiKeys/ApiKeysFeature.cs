using KOauth.Hosting;

namespace KOauth.Account.ApiKeys;

/// <summary>
/// <c>GET, POST /account/keys</c>, and the same as JSON, <c>GET, POST /api/me/api-keys</c> and <c>DELETE /api/me/api-keys/{id}</c>: a
/// person's keys for scripts. The session's cookie is the only way in; a key or an access token makes no keys. A key is shown once.
/// </summary>
internal sealed class ApiKeysFeature : IFeature
{
    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapGet(MyKeysEndpoint.Path, MyKeysEndpoint.ListAsync);
        routes.MapPost(MyKeysEndpoint.Path, MyKeysEndpoint.MakeAsync);
        routes.MapDelete(MyKeysEndpoint.Path + "/{id}", MyKeysEndpoint.EndAsync);
    }
}
