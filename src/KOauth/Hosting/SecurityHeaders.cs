using KOauth.Protocol;

namespace KOauth.Hosting;

/// <summary>
/// What every answer tells the browser. Set when the answer starts, so that an error page has them, too; whoever sets a header
/// itself (metadata, keys, the stylesheet) is left alone.
/// </summary>
internal static class SecurityHeaders
{
    private const string Policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>A year, for this host alone: what runs on hosts below it is not ours to decide (RFC 6797).</summary>
    private const string OnlyHttps = "max-age=31536000";

    public static void UseSecurityHeaders(this IApplicationBuilder app, IssuerUri issuer)
    {
        // On this machine's own name it would take http from everything else that runs here.
        var isPublic = issuer.IsHttps && !new Uri(issuer.Value).IsLoopback;
        app.Use((http, next) =>
        {
            http.Response.OnStarting(Set, http);
            if (isPublic)
            {
                http.Response.Headers.StrictTransportSecurity = OnlyHttps;
            }

            return next(http);
        });
    }

    private static Task Set(object state)
    {
        var http = (HttpContext)state;
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.TryAdd("Referrer-Policy", "no-referrer");
        if (headers.CacheControl.Count == 0)
        {
            headers.CacheControl = "no-store";
        }

        if (http.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) != true)
        {
            return Task.CompletedTask;
        }

        // Chromium applies form-action to the redirects that follow a POST as well, so a page whose form may end at an application
        // cannot have one; naming the application's origin is not enough (docs/decisions, measured in three browsers).
        var leaves = http.GetEndpoint()?.Metadata.GetMetadata<LeavesTheSiteAttribute>() is not null;
        headers.ContentSecurityPolicy = leaves ? Policy : $"{Policy}; form-action 'self'";
        headers.XFrameOptions = "DENY";
        headers["Permissions-Policy"] = "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), screen-wake-lock=(), usb=()";
        // No Cross-Origin-Opener-Policy: connectors open these pages in a popup and wait for it (HD-08).
        return Task.CompletedTask;
    }
}

/// <summary>Marks a page whose form may end at another site.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class LeavesTheSiteAttribute : Attribute;
