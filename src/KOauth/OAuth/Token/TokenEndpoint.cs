using KOauth.Clients;
using KOauth.Stories;

namespace KOauth.OAuth.Token;

internal static class TokenEndpoint
{
    public const string Path = "/oauth/token";

    public static async Task<IResult> HandleAsync(
        HttpContext http, ClientAuthentication clients, GrantTypes grants, TokenBinding binding, AccessTokens tokens, ClientUse use, Story story,
        CancellationToken ct)
    {
        if (!(await OAuthForm.ReadAsync(http, ct)).Ok(out var request, out var refusal))
        {
            return new OAuthError(refusal, story);
        }

        if (!(await clients.AuthenticateAsync(request, story, ct)).Ok(out var client, out refusal)
            || !grants.Find(request, client).Ok(out var grantType, out refusal)
            || (refusal = await binding.TakeAsync(http, request, client)) is not null
            || !(await grantType.DecideAsync(request, client, story, ct)).Ok(out var decided, out refusal))
        {
            return new OAuthError(refusal, story, request.Authorization is not null);
        }

        use.Note(client);
        return decided switch
        {
            DecidedGrant grant => tokens.Mint(grant, client, request.ProvedKey),
            DecidedForClient service => tokens.Mint(service, client, request.ProvedKey),
            DecidedAssertion assertion => assertion.Answer,
            _ => throw new InvalidOperationException($"nobody answers a {decided.GetType().Name}"),
        };
    }
}
