using System.Net;

namespace KOauth.Health;

internal static class HealthEndpoint
{
    public const string LivePath = "/health/live";
    public const string ReadyPath = "/health/ready";

    public static IResult Live() => Results.Json(new { status = "live" });

    public static async Task<IResult> ReadyAsync(HttpContext http, Readiness readiness, CancellationToken ct)
    {
        var reasons = await readiness.LookAsync(ct);
        var status = reasons.Count == 0 ? "ready" : "not ready";
        var code = reasons.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        if (reasons.Count > 0)
        {
            http.Response.Headers.RetryAfter = "5";
        }

        // A proxy on this machine is loopback, too: what it passes on comes from elsewhere.
        var isThisMachine = http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && !http.Request.Headers.ContainsKey("X-Forwarded-For") && !http.Request.Headers.ContainsKey("Forwarded") && !http.Request.Headers.ContainsKey("Via");
        return isThisMachine
            ? Results.Json(new { status, reasons, warnings = readiness.Warnings }, statusCode: code)
            : Results.Json(new { status }, statusCode: code);
    }
}
