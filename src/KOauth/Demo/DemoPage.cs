using System.Net;
using KOauth.Protocol;

namespace KOauth.Demo;

/// <summary>
/// The client a person tries by hand: a page that begins a connection, and the callback that ends it with a tool call. It runs on
/// the person's own device like Claude Code, as a public client with a loopback redirect.
/// </summary>
internal static class DemoPage
{
    public const string ClientId = "demo-page";

    public static string RedirectUri(DemoWorld world) => $"{world.TryUrl}callback";

    public static WebApplication Build(DemoWorld world, Action<WebApplicationBuilder> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(world.TryUrl);
        configure(builder);
        var app = builder.Build();
        var attempts = new DemoAttempts(world, new Randomness());
        app.MapGet("/", async (CancellationToken ct) => Results.Redirect((await attempts.BeginAsync(ct)).ToString()));
        app.MapGet("/callback", async (HttpContext http, CancellationToken ct) =>
            Results.Content(await attempts.EndAsync(new Uri($"{RedirectUri(world)}{http.Request.QueryString}"), ct), "text/html; charset=utf-8"));
        return app;
    }

    public static string Html(string title, string text) => $"""
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{title}</title>
        <body style="font: 1.1rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1.5rem">
        <h1 style="font-size: 1.6rem">{title}</h1>
        <p>{WebUtility.HtmlEncode(text)}</p>
        <p><a href="/">Connect again</a></p>
        """;
}
