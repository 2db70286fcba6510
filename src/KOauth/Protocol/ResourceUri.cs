using System.Globalization;

namespace KOauth.Protocol;

/// <summary>
/// The identifier of a protected server (RFC 8707 §2). Two spellings name the same server when they differ only in the case of
/// scheme and host, a default port, or one trailing slash; <c>aud</c> is always the string as registered.
/// </summary>
internal sealed class ResourceUri
{
    public const int MaxLength = 1024;

    private ResourceUri(string value, string canonical)
    {
        Value = value;
        Canonical = canonical;
    }

    /// <summary>The string as it came.</summary>
    public string Value { get; }

    /// <summary>The spelling that is compared.</summary>
    public string Canonical { get; }

    public static Outcome<ResourceUri> Parse(string text)
    {
        var fault = Fault(text, out var canonical);
        return fault is null
            ? new ResourceUri(text, canonical)
            : new Refusal(Reasons.ResourceInvalid) { Received = text, Detail = fault };
    }

    private static string? Fault(string text, out string canonical)
    {
        canonical = "";
        if (text.Length is 0 or > MaxLength)
        {
            return text.Length == 0 ? "It is empty." : $"It is longer than {MaxLength} characters.";
        }

        if (text.Any(c => c is <= ' ' or >= (char)127 or '\\' or '"' or '<' or '>'))
        {
            return "It contains a character that has no place in a URI.";
        }

        var schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        var scheme = schemeEnd < 0 ? "" : text[..schemeEnd].ToLowerInvariant();
        if (scheme is not ("https" or "http"))
        {
            return "It must be an absolute URL that begins with https://.";
        }

        if (text.Contains('#'))
        {
            return "It has a fragment (#…)."; // RFC 8707 §2
        }

        var rest = text[(schemeEnd + 3)..];
        var end = rest.IndexOfAny(['/', '?']);
        var authority = (end < 0 ? rest : rest[..end]).ToLowerInvariant();
        var path = end < 0 ? "" : rest[end..];
        if (authority.Contains('@'))
        {
            return "It has a user name before the host.";
        }

        var portStart = authority.LastIndexOf(':') is var colon && colon > authority.LastIndexOf(']') ? colon : -1;
        var host = portStart < 0 ? authority : authority[..portStart];
        if (host.Length == 0 || Uri.CheckHostName(host.Trim('[', ']')) == UriHostNameType.Unknown)
        {
            return "It has no usable host.";
        }

        if (portStart >= 0 && !ushort.TryParse(authority[(portStart + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return "Its port is not a number.";
        }

        if (scheme == "http" && !RedirectUriRules.LoopbackHosts.Contains(host))
        {
            return "http is only for servers on this machine. Use https.";
        }

        var port = portStart < 0 ? "" : authority[portStart..];
        var defaultPort = scheme == "https" ? ":443" : ":80";
        canonical = $"{scheme}://{host}{(port == defaultPort ? "" : port)}{(path.EndsWith('/') ? path[..^1] : path)}";
        return null;
    }

    public override string ToString() => Value;
}
