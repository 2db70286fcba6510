namespace KOauth.Hosting;

/// <summary>
/// 303 to a URL as it is. Never 307 or 308, which would repeat a POST with its body (RFC 9700 §4.12); the URL is a checked redirect
/// URI or one of our own.
/// </summary>
internal sealed class SeeOther(string url) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status303SeeOther;
        response.Headers.Location = url;
        response.Headers.CacheControl = "no-store";
        response.Headers["Referrer-Policy"] = "no-referrer";
        return Task.CompletedTask;
    }
}
