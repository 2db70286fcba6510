using KOauth.Hosting;

namespace KOauth.OAuth.Authorize;

/// <summary>
/// <c>GET, POST /oauth/authorize</c> (RFC 6749 §3.1, OAuth 2.1 §4.1.1): checks an authorization request and sends the browser to the
/// one missing step, sign-in or consent; with nothing missing, back to the client with a code.
/// <para>
/// First come client and redirect URI: until these belong together every refusal is a page of our own and nothing is sent
/// anywhere (RFC 9700 §4.11). Every later refusal goes to the client with <c>state</c> and <c>iss</c>. The steps come back to
/// <c>?flow=</c> with the sealed ticket.
/// </para>
/// <para>
/// <c>POST /oauth/par</c> (RFC 9126) is the back door to the same checks: an authenticated client pushes the request and gets a
/// <c>request_uri</c>, the sealed request, that the browser brings within a minute. Everything is checked again when it comes.
/// </para>
/// </summary>
internal sealed class AuthorizeFeature : IFeature
{
    public void AddServices(IHostApplicationBuilder builder) => builder.Services
        .AddSingleton<AuthorizeCheck>()
        .AddSingleton<PushedRequests>()
        .AddSingleton<NextStep>();

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapGet(AuthorizeEndpoint.Path, AuthorizeEndpoint.GetAsync);
        routes.MapPost(AuthorizeEndpoint.Path, AuthorizeEndpoint.PostAsync);
        routes.MapPost(PushEndpoint.Path, PushEndpoint.HandleAsync).RequireCors(Cors.Policy);
    }
}
