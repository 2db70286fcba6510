using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.Revoke;

internal static class RevokeEndpoint
{
    public const string Path = "/oauth/revoke";

    public static async Task<IResult> HandleAsync(
        HttpContext http, ClientAuthentication clients, Revocation revocation, Story story, CancellationToken ct)
    {
        if (!(await OAuthForm.ReadAsync(http, ct)).Ok(out var form, out var refusal))
        {
            return new OAuthError(refusal, story);
        }

        if (!(await clients.AuthenticateAsync(form, story, ct)).Ok(out var client, out refusal))
        {
            return new OAuthError(refusal, story, form.Authorization is not null);
        }

        if (form["token"] is not { } token)
        {
            return new OAuthError(new Refusal(Reasons.ParameterMissing) { Expected = "token" }, story);
        }

        // Whether there was such a token is nobody's business: unknown ones and those of others are answered alike (RFC 7009 §2.2).
        await revocation.RevokeAsync(token, client, story, ct);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Ok();
    }
}
