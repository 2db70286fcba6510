using KOauth.Grants.DPoP;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.Authorize;

internal static class PushEndpoint
{
    public const string Path = "/oauth/par";

    public static async Task<IResult> HandleAsync(
        HttpContext http, ClientAuthentication clients, AuthorizeCheck check, ProofCheck proofs, PushedRequests pushes, Story story, CancellationToken ct)
    {
        if (!(await OAuthForm.ReadAsync(http, ct)).Ok(out var form, out var refusal))
        {
            return new OAuthError(refusal, story, told: StoryEvents.AuthorizeRefused);
        }

        if (!(await clients.AuthenticateAsync(form, story, ct)).Ok(out var client, out refusal)
            || (refusal = await TakeProofAsync(http, proofs, form)) is not null
            || !AuthorizeRequest.Read(form, client).Ok(out var request, out refusal)
            || !(await check.ClientAndRedirectAsync(request, story, ct)).Ok(out var caller, out refusal)
            || !(await check.RequestAsync(request, caller, http: null, story, ct)).Ok(out _, out refusal)
            || !pushes.Seal(request, client, story).Ok(out var requestUri, out refusal))
        {
            return new OAuthError(refusal, story, form.Authorization is not null, StoryEvents.AuthorizeRefused);
        }

        story.Tell(StoryEvents.AuthorizePushed, "Authorization request pushed");
        http.Response.Headers.CacheControl = "no-store";
        return Results.Json(
            new Dictionary<string, object> { ["request_uri"] = requestUri, ["expires_in"] = (int)PushedRequests.Life.TotalSeconds },
            statusCode: StatusCodes.Status201Created);
    }
    /// <summary>
    /// A proof here binds the code to its key (RFC 9449 §10.1). It needs no nonce: what it is good for is only had at the token endpoint,
    /// which demands one.
    /// </summary>
    private static async ValueTask<Refusal?> TakeProofAsync(HttpContext http, ProofCheck proofs, OAuthForm form)
    {
        if (!ProofCheck.IsThere(http))
        {
            return null;
        }

        if (!(await proofs.CheckAsync(http, Path, accessToken: null, needsNonce: false)).Ok(out var proof, out var refusal))
        {
            return refusal;
        }

        form.ProvedKey = proof.Key;
        return null;
    }
}
