using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KOauth.Protocol;

/// <summary>
/// The parts of an http(s) URL, cut out of the string and never rewritten. What two parsers read differently is refused:
/// those differences are how one host is checked and another one reached.
/// </summary>
/// <param name="Scheme"><c>https</c> or <c>http</c>, in lower case.</param>
/// <param name="Host">As written, with brackets for IPv6.</param>
/// <param name="Port">Empty, or with its colon.</param>
/// <param name="PathAndQuery">As written; may be empty.</param>
internal sealed record WebAddress(string Scheme, string Host, string Port, string PathAndQuery)
{
    public static readonly string[] LoopbackHosts = ["127.0.0.1", "[::1]", "localhost"];

    private const int MostDecodings = 4;

    public bool IsLoopback => LoopbackHosts.Contains(Host, StringComparer.OrdinalIgnoreCase);

    public string Path => PathAndQuery.Split('?')[0];

    /// <summary>Reads a text that begins with http:// or https:// in any case; or says in a sentence why not.</summary>
    public static string? Read(string text, out WebAddress? address)
    {
        address = null;
        var schemeEnd = text.IndexOf(':');
        var scheme = schemeEnd < 0 ? "" : text[..schemeEnd].ToLowerInvariant();
        if (scheme is not ("https" or "http"))
        {
            return "It must be a URL that begins with https://.";
        }

        if (!text.AsSpan(schemeEnd).StartsWith("://"))
        {
            return $"After {scheme}: must come //.";
        }

        var rest = text[(schemeEnd + 3)..];
        var end = rest.IndexOfAny(['/', '?', '#']);
        var authority = end < 0 ? rest : rest[..end];
        if (authority.Contains('@'))
        {
            return "It has a user name or password before the host.";
        }

        if (text.Contains('*'))
        {
            return "It has a wildcard (*). It must be written out.";
        }

        var portStart = authority.LastIndexOf(':') is var colon && colon > authority.LastIndexOf(']') ? colon : authority.Length;
        var read = new WebAddress(scheme, authority[..portStart], authority[portStart..], end < 0 ? "" : rest[end..]);
        if (read.Port.Length > 0 && !IsPort(read.Port[1..]))
        {
            return "Its port is not a number from 1 to 65535.";
        }

        if (!IsHost(read.Host))
        {
            return "Its host is not a plain host name or address.";
        }

        address = read;
        return PathFault(read.PathAndQuery);
    }

    /// <summary>Dot segments are resolved by browsers and proxies: what they would reach is not what was compared.</summary>
    public static string? PathFault(string pathAndQuery)
    {
        for (var i = pathAndQuery.IndexOf('%'); i >= 0; i = pathAndQuery.IndexOf('%', i + 1))
        {
            if (i + 2 >= pathAndQuery.Length
                || !byte.TryParse(pathAndQuery.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
                || code is < 0x20 or 0x7f)
            {
                return "It has a % that is not followed by two hexadecimal digits of a printable character.";
            }
        }

        var path = pathAndQuery.Split('?')[0];
        for (var pass = 0; pass < MostDecodings && path.Contains('%'); pass++)
        {
            path = Uri.UnescapeDataString(path); // %252e is . to whoever decodes twice
        }

        return path.Split('/', '\\').Any(segment => segment.Split(';')[0] is "." or "..")
            ? "Its path has a . or .. segment."
            : null;
    }

    private static bool IsPort(string digits) =>
        digits.Length is > 0 and <= 5 && digits.All(char.IsAsciiDigit) && digits[0] != '0'
        && int.Parse(digits, CultureInfo.InvariantCulture) <= ushort.MaxValue;

    private static bool IsHost(string host)
    {
        if (host.StartsWith('['))
        {
            var inside = host[^1] == ']' ? host[1..^1] : "";
            return inside.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.')
                && IPAddress.TryParse(inside, out var six) && six.AddressFamily == AddressFamily.InterNetworkV6;
        }

        var labels = host.Split('.');
        if (host.Length > 253 || !labels.All(label => label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')))
        {
            return false;
        }

        // A name that ends in a number is an IPv4 address to browsers, in any spelling: 127.1, 0x7f000001, 2130706433.
        var last = labels[^1];
        var isAddress = last.All(char.IsAsciiDigit) || last.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return !isAddress || (IPAddress.TryParse(host, out var four) && four.ToString() == host);
    }
}
