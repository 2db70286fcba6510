using KOauth.Grants;
using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;

namespace KOauth.Account.ApiKeys;

internal static class MyKeysEndpoint
{
    public const string Path = "/api/me/api-keys";

    public static async Task<IResult> ListAsync(HttpContext http, Sessions sessions, KeyIssue keys, CancellationToken ct)
    {
        if (await sessions.FindAsync(http, ct) is not { } person)
        {
            return NotSignedIn();
        }

        return Results.Json(new { Keys = (await keys.ListAsync(person, ct)).Select(k => Shown(k.Key, k.Resource?.Uri)) });
    }

    public static async Task<IResult> MakeAsync(HttpContext http, Sessions sessions, KeyIssue keys, KOauthSettings settings, CancellationToken ct)
    {
        if (!OwnOrigin.MayChange(http, settings.Issuer))
        {
            return Foreign();
        }

        if (await sessions.FindAsync(http, ct) is not { } person)
        {
            return NotSignedIn();
        }

        if (await JsonBody.ReadAsync(http, ct) is not { } body)
        {
            return new JsonRefusal(new Refusal(Reasons.ApiKeyWishInvalid) { Expected = "a JSON object" }, StatusCodes.Status400BadRequest);
        }

        if (!KeyWishBody.Read(body, person).Ok(out var wish, out var refusal) || !(await keys.MakeAsync(person, wish, ct)).Ok(out var made, out refusal))
        {
            return new JsonRefusal(refusal, refusal.Error == "access_denied" ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest);
        }

        return Results.Json(new { ApiKey = made.Text, Key = Shown(made.Key, made.Resource.Uri) }, statusCode: StatusCodes.Status201Created);
    }

    public static async Task<IResult> EndAsync(string id, HttpContext http, Sessions sessions, KeyIssue keys, KOauthSettings settings, CancellationToken ct)
    {
        if (!OwnOrigin.MayChange(http, settings.Issuer))
        {
            return Foreign();
        }

        if (await sessions.FindAsync(http, ct) is not { } person)
        {
            return NotSignedIn();
        }

        return Guid.TryParseExact(id, "N", out var key) && await keys.EndAsync(person, key, ct) ? Results.NoContent() : Results.NotFound();
    }

    private static object Shown(ApiKey key, string? resource) => new
    {
        Id = key.Id.ToString("N"),
        key.Prefix,
        key.Name,
        Resource = resource,
        Scopes = ScopeSet.Parse(key.Scopes).ToArray(),
        key.CreatedAt,
        key.ExpiresAt,
        key.LastUsedAt,
    };

    private static JsonRefusal NotSignedIn() => new(new Refusal(Reasons.NotSignedIn), StatusCodes.Status401Unauthorized);

    private static JsonRefusal Foreign() => new(new Refusal(Reasons.RequestForeign), StatusCodes.Status403Forbidden);
}
