using KOauth.Grants;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.Reports;

internal static class SeenEndpoint
{
    public const string Path = "/oauth/seen";

    /// <summary>
    /// The access token itself is the authorization, also one bound to a key, whose proof only its client could make: who holds it can say no
    /// more than that it arrived. 204 for everything true, whether it was news or not.
    /// </summary>
    public static async Task<IResult> HandleAsync(HttpContext http, OwnTokens tokens, SeenGrants seen, Story story, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!(await PresentedAccessToken.ReadAsync(http, ct)).Ok(out var presented, out var refusal)
            || !(await tokens.CheckAsync(presented.Text, ct)).Ok(out var token, out refusal))
        {
            // Told to nobody's story: strangers could write there.
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return Results.Json(
                new Dictionary<string, string> { ["error"] = "invalid_token", ["error_description"] = Reasons.AccessTokenInvalid.Wire },
                statusCode: StatusCodes.Status401Unauthorized);
        }

        if (token.Grant is { } grant)
        {
            story.Continue(grant.Story);
            (story.ClientId, story.Resource) = (token.ClientId, token.Audience);
            await seen.NoteAsync(grant.Id, http.Request.Headers[SeenGrants.RefusedHeader], story, ct);
        }

        return Results.NoContent();
    }
}
