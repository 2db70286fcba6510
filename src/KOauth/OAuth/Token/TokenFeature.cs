using KOauth.Hosting;

namespace KOauth.OAuth.Token;

/// <summary>
/// <c>POST /oauth/token</c> turns an authorization code or a refresh token into tokens (RFC 6749 §3.2, OAuth 2.1 §3.2).
/// <para>
/// The endpoint reads the form, authenticates the client and picks the grant; a grant decides; the endpoint answers.
/// Nothing is consumed before everything has been checked, so a refused request leaves the code or token usable.
/// </para>
/// </summary>
internal sealed class TokenFeature : IFeature
{
    public void AddServices(IHostApplicationBuilder builder) => builder.Services
        .AddSingleton<ClientAuthentication>()
        .AddSingleton<TokenBinding>()
        .AddSingleton<AccessTokens>()
        .AddSingleton<PersonClaims>()
        .AddSingleton<IdTokens>()
        .AddSingleton<IGrantType, AuthorizationCodeGrant>()
        .AddSingleton<IGrantType, RefreshTokenGrant>()
        .AddSingleton<IGrantType, ClientCredentialsGrant>()
        .AddSingleton<IGrantType, DeviceCodeGrant>()
        .AddSingleton<IGrantType, JwtBearerGrant>()
        .AddSingleton<Delegation>()
        .AddSingleton<SignInEvidence>()
        .AddSingleton<AssertionIssuing>()
        .AddSingleton<IGrantType, TokenExchangeGrant>()
        .AddSingleton<GrantTypes>();

    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapPost(TokenEndpoint.Path, TokenEndpoint.HandleAsync).RequireCors(Cors.Policy);
}
