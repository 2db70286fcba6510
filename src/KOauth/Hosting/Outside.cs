namespace KOauth.Hosting;

/// <summary>What the outside sees of a server with these settings, and what a reverse proxy in front of it must know.</summary>
internal sealed record Outside(
    string PublicUrl,
    IReadOnlyList<string> MetadataUrls,
    IReadOnlyList<string> Listening,
    IReadOnlyList<string> Cookies,
    IReadOnlyList<string> TrustedProxies,
    IReadOnlyList<string> Hints)
{
    public static Outside Of(KOauthSettings settings) => new(
        settings.Issuer.Value,
        [MetadataUrl(settings, "oauth-authorization-server"), MetadataUrl(settings, "openid-configuration")],
        settings.Urls,
        [.. CookieNames.All(settings.Issuer)],
        [.. settings.TrustedProxies.Select(network => network.ToString())],
        [.. HintsFor(settings)]);

    /// <summary>For people: a name and a value a line.</summary>
    public IEnumerable<(string Name, string Value)> Lines() =>
    [
        ("Public URL", PublicUrl),
        ("Metadata", string.Join(", ", MetadataUrls)),
        ("Listening", string.Join(", ", Listening)),
        ("Cookies", string.Join(", ", Cookies)),
        ("Proxies", TrustedProxies.Count == 0 ? "none trusted: X-Forwarded-For is ignored" : $"X-Forwarded-For is believed from {string.Join(", ", TrustedProxies)}"),
    ];

    // RFC 8414 §3.1 puts the well-known part between host and path.
    private static string MetadataUrl(KOauthSettings settings, string name)
    {
        var issuer = settings.Issuer;
        return $"{issuer.Value[..^issuer.Path.Length]}/.well-known/{name}{issuer.Path}";
    }

    private static IEnumerable<string> HintsFor(KOauthSettings settings)
    {
        if (settings.Issuer.IsHttps && settings.TrustedProxies.Count == 0)
        {
            yield return "Something in front adds https. Set KOAUTH_TRUSTED_PROXIES to its address, so that limits and stories know who is behind it.";
        }

        if (settings.Issuer.Path.Length > 0)
        {
            yield return $"The proxy may keep {settings.Issuer.Path} or cut it off. It must also pass on /.well-known/*{settings.Issuer.Path}, where clients look first.";
        }

        if (settings.Issuer.IsHttps && settings.Urls.Select(BindingAddress.Parse).Where(a => !a.IsUnixPipe).ToList() is { Count: > 0 } listening
            && listening.All(a => a.Host == "localhost" || (System.Net.IPAddress.TryParse(a.Host.Trim('[', ']'), out var address) && System.Net.IPAddress.IsLoopback(address))))
        {
            yield return "It listens for this machine alone: the proxy must run here, too. For one on another machine or in another container set KOAUTH_URLS=http://0.0.0.0:PORT.";
        }
    }
}
