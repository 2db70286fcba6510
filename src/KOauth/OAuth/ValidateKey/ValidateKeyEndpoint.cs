using System.Text.Json;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Resources;

namespace KOauth.OAuth.ValidateKey;

internal static class ValidateKeyEndpoint
{
    public const string Path = "/api/validate-key";

    public static async Task<IResult> HandleAsync(
        HttpContext http, ResourceDirectory resources, KeyCheck keys, TimeProvider clock, CancellationToken ct)
    {
        if (await AuthenticateAsync(http, resources, clock, ct) is not { } resource)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"KOauth\", charset=\"UTF-8\"";
            return new JsonRefusal(new Refusal(Reasons.ValidatorUnknown), StatusCodes.Status401Unauthorized);
        }

        if (http.Request.QueryString.HasValue
            || await JsonBody.ReadAsync(http, ct) is not { } body
            || !body.TryGetProperty("apiKey", out var key) || key.ValueKind != JsonValueKind.String)
        {
            return new JsonRefusal(new Refusal(Reasons.ParameterMissing) { Expected = """{"apiKey": "koa_…"} in the body""" }, StatusCodes.Status400BadRequest);
        }

        http.Response.Headers.CacheControl = "no-store";
        if (!(await keys.CheckAsync(key.GetString()!, resource, ct)).Ok(out var held, out var refusal))
        {
            return refusal.Reason == Reasons.ApiKeyGuessed
                ? new JsonRefusal(refusal, StatusCodes.Status429TooManyRequests)
                : Results.Json(new Dictionary<string, object> { ["valid"] = false, ["error"] = refusal.Error });
        }

        var answer = new Dictionary<string, object> { ["valid"] = true, ["userId"] = held.UserId.ToString(), ["scopes"] = held.Scopes.ToArray() };
        if (held.Email is { } email && held.Scopes.Contains(ScopeSet.Email))
        {
            answer["email"] = email;
        }

        return Results.Json(answer);
    }

    private static async ValueTask<Resource?> AuthenticateAsync(HttpContext http, ResourceDirectory resources, TimeProvider clock, CancellationToken ct)
    {
        if (http.Request.Headers.Authorization is not [{ } header]
            || !BasicCredentials.Parse(header).Ok(out var basic, out _)
            || await resources.FindByCredentialAsync(basic.DecodedId, ct) is not { } resource)
        {
            return null;
        }

        return ResourceSecrets.Match(resource, basic.DecodedSecret, clock.GetUtcNow()) ? resource : null;
    }
}
