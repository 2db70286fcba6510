namespace KOauth.Protocol;

/// <summary>
/// The public URL of this server. It stays the string as configured, everywhere and byte for byte: clients compare it
/// ordinally (RFC 8414 §3.3, RFC 9207 §2.4), and <see cref="Uri"/> would print a slash at its end.
/// </summary>
internal sealed class IssuerUri
{
    private IssuerUri(string value, string path, bool isHttps, int port, string host)
    {
        Value = value;
        Path = path;
        IsHttps = isHttps;
        Port = port;
        Host = host;
    }

    public string Value { get; }

    /// <summary>The path without trailing slash: <c>""</c> or <c>/tenant1</c>.</summary>
    public string Path { get; }

    public bool IsHttps { get; }

    public int Port { get; }

    public string Host { get; }

    /// <summary>The issuer, or a sentence with the remedy.</summary>
    public static bool TryParse(string text, out IssuerUri? issuer, out string? why)
    {
        issuer = null;
        why = Fault(text);
        if (why is not null)
        {
            return false;
        }

        var uri = new Uri(text);
        issuer = new IssuerUri(text, uri.AbsolutePath.TrimEnd('/'), uri.Scheme == "https", uri.Port, uri.Host);
        return true;
    }

    private static string? Fault(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            return $"The issuer '{text}' is not a URL. Set KOAUTH_ISSUER to the address people reach this server at, such as https://auth.example.com.";
        }

        if (text.EndsWith('/'))
        {
            return $"The issuer '{text}' ends with a slash. Clients compare it letter by letter: set KOAUTH_ISSUER to '{text.TrimEnd('/')}'.";
        }

        if (uri.Query.Length > 0 || text.Contains('?') || text.Contains('#') || uri.UserInfo.Length > 0)
        {
            return $"The issuer '{text}' has a query, a fragment or a user name. Set KOAUTH_ISSUER to scheme, host and path only.";
        }

        // MX-09: the URL is copied into metadata; only what every parser reads alike may stand in it.
        var path = uri.AbsolutePath.TrimEnd('/');
        if (path.Contains("//", StringComparison.Ordinal) || !path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '.' or '_' or '~'))
        {
            return $"The path of the issuer '{text}' may have letters, digits and - . _ ~ between single slashes. Set KOAUTH_ISSUER to a plainer one.";
        }

        var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost.TrimEnd('.');
        var plain = $"{host}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}{path}";
        if (uri.Scheme == "http" && !uri.IsLoopback)
        {
            return $"The issuer '{text}' is http. Outside of this machine it must be https: put a reverse proxy with a certificate in front and set KOAUTH_ISSUER to 'https://{plain}'.";
        }

        return text == $"{uri.Scheme}://{plain}"
            ? null
            : $"The issuer '{text}' is not in its plain form. Set KOAUTH_ISSUER to '{uri.Scheme}://{plain}'.";
    }

    public override string ToString() => Value;
}
