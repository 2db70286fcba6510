using KOauth.Hosting;

namespace KOauth.OAuth.Register;

/// <summary>
/// <c>POST /oauth/register</c> (RFC 7591): an app that this server has never heard of registers itself and gets a client id. What
/// of its wishes is supported is granted and told back; what is dangerous is refused. The record is deleted again when nobody uses
/// it. Every person is asked at every connection of such an app, because nobody vouches for it.
/// </summary>
internal sealed class RegisterFeature : IFeature
{
    public void AddServices(IHostApplicationBuilder builder) => builder.Services
        .AddSingleton<RegistrationLimits>()
        .AddSingleton<Registrations>();

    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapPost(RegisterEndpoint.Path, RegisterEndpoint.HandleAsync).RequireCors(Cors.Policy);
}
