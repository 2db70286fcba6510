using Microsoft.AspNetCore.HttpOverrides;

namespace KOauth.Hosting;

/// <summary>
/// Who is at the other end. Of a trusted proxy's headers only <c>X-Forwarded-For</c> is read: scheme, host and path of this server are
/// configured, never derived from a request (PX-02). Nobody else's headers are read at all (A-78, PX-07).
/// </summary>
internal sealed partial class Proxies(KOauthSettings settings, ILogger<Proxies> logger)
{
    private int _warned;

    public void Use(IApplicationBuilder app)
    {
        app.Use((http, next) =>
        {
            if (ClientNetwork.JudgePeer(http, settings) && Interlocked.Exchange(ref _warned, 1) == 0)
            {
                var peer = ClientNetwork.Address(http)!.ToString();
                LogUnknownProxy(peer, string.Join(',', [.. settings.TrustedProxies.Select(network => network.ToString()), peer]));
            }

            return next(http);
        });
        if (settings.TrustedProxies.Count == 0)
        {
            return;
        }

        // No limit of hops: a chain is followed as long as each hop was added by a proxy that is trusted.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in settings.TrustedProxies)
        {
            options.KnownIPNetworks.Add(network);
        }

        app.UseForwardedHeaders(options);
    }

    [LoggerMessage(LogLevel.Warning, "{Proxy} sends X-Forwarded-For and is not trusted, so limits per address are off for what it forwards, and stories show its address. If it is your reverse proxy, set KOAUTH_TRUSTED_PROXIES={Setting}")]
    private partial void LogUnknownProxy(string proxy, string setting);
}
