using KOauth.Hosting;

namespace KOauth.OAuth.UserInfo;

/// <summary><c>GET, POST /oauth/userinfo</c> (OpenID Connect Core §5.3): who the person is, for an app that was allowed to know.</summary>
internal sealed class UserInfoFeature : IFeature
{
    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapGet(UserInfoEndpoint.Path, UserInfoEndpoint.HandleAsync).RequireCors(Cors.Policy);
        routes.MapPost(UserInfoEndpoint.Path, UserInfoEndpoint.HandleAsync).RequireCors(Cors.Policy);
    }
}
