using KOauth.Grants;
using KOauth.Grants.DPoP;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.UserInfo;

internal static class UserInfoEndpoint
{
    public const string Path = "/oauth/userinfo";

    public static async Task<IResult> HandleAsync(
        HttpContext http, OwnTokens tokens, ProofCheck proofs, PersonClaims person, Story story, CancellationToken ct)
    {
        if (!(await PresentedAccessToken.ReadAsync(http, ct)).Ok(out var presented, out var refusal))
        {
            return new BearerError(refusal, story);
        }

        if (!(await tokens.CheckAsync(presented.Text, ct)).Ok(out var token, out refusal)
            || (refusal = await proofs.WhyNotPresentedAsync(http, Path, presented.Text, presented.IsDpop, token.Thumbprint)) is not null)
        {
            return new BearerError(refusal, story);
        }

        story.ClientId = token.ClientId;
        if (token.Grant is not { } grant || token.Actor is not null || !token.Scopes.Contains(ScopeSet.OpenId))
        {
            return new BearerError(new Refusal(Reasons.OpenIdScopeMissing) { Received = token.Scopes.ToString() }, story);
        }

        story.Continue(grant.Story);
        var claims = new Dictionary<string, object> { ["sub"] = token.Subject };
        await person.AddToAsync(claims, grant.UserId, token.Scopes, ct);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Json(claims);
    }
}
