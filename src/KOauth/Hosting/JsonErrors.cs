using KOauth.Protocol;

namespace KOauth.Hosting;

/// <summary>
/// Under the paths that applications call, an unknown path answers 404 and a wrong method 405 in JSON, never as a page: a client that
/// gets HTML where it expects JSON shows its person a riddle.
/// </summary>
internal static class JsonErrors
{
    private static readonly string[] _areas = ["/oauth", "/api", "/.well-known", "/health"];

    public static bool IsForApplications(HttpContext http) =>
        Array.Exists(_areas, area => http.Request.Path.StartsWithSegments(area, StringComparison.OrdinalIgnoreCase));

    /// <summary>Stands before routing; what routing or an endpoint left empty gets its body here.</summary>
    public static void UseJsonErrors(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        await next(http);
        if (!http.Response.HasStarted && http.Response.ContentType is null && IsForApplications(http))
        {
            await (http.Response.StatusCode switch
            {
                StatusCodes.Status404NotFound => WriteAsync(http, Reasons.NotFound),
                StatusCodes.Status405MethodNotAllowed => WriteAsync(http, Reasons.MethodNotAllowed),
                _ => Task.CompletedTask,
            });
        }
    });

    public static Task WriteAsync(HttpContext http, Reason reason)
    {
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsJsonAsync(
            new Dictionary<string, string> { ["error"] = reason.Error, ["error_description"] = reason.Wire }, http.RequestAborted);
    }
}
