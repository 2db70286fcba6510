using KOauth.Protocol;

namespace KOauth.Hosting;

/// <summary>
/// Under the paths that people visit, what routing or the framework refuses without a word gets a page with a sentence: an unknown
/// address, a wrong method, a form without the framework's proof that it came from here.
/// </summary>
internal static class PageErrors
{
    /// <summary>Stands before routing, as <see cref="JsonErrors"/> does.</summary>
    public static void UsePageErrors(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        await next(http);
        if (!http.Response.HasStarted
            && http.Response.ContentType is null
            && !JsonErrors.IsForApplications(http)
            && ReasonFor(http.Response.StatusCode) is { } reason)
        {
            await new ErrorPage(new Refusal(reason), reference: "", http.Response.StatusCode).ExecuteAsync(http);
        }
    });

    private static Reason? ReasonFor(int status) => status switch
    {
        StatusCodes.Status400BadRequest => Reasons.FormForeign,
        StatusCodes.Status404NotFound => Reasons.NotFound,
        StatusCodes.Status405MethodNotAllowed => Reasons.MethodNotAllowed,
        _ => null,
    };
}
