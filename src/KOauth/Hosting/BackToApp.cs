namespace KOauth.Hosting;

/// <summary>
/// Sends the browser back to the application. https and loopback addresses get a 303; a private-use scheme (<c>cursor:</c>) gets
/// a page with a real link, because browsers drop such a redirect without a word when nobody clicked just before.
/// </summary>
internal sealed class BackToApp(string url, string appName) : IResult
{
    public string Url => url;

    public string AppName => appName;

    public Task ExecuteAsync(HttpContext httpContext) =>
        url.StartsWith("https://", StringComparison.Ordinal) || url.StartsWith("http://", StringComparison.Ordinal)
            ? new SeeOther(url).ExecuteAsync(httpContext)
            : View.RenderAsync(httpContext, "/Hosting/BackToApp.cshtml", this, StatusCodes.Status200OK);
}
