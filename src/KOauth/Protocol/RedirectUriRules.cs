using System.Globalization;

namespace KOauth.Protocol;

/// <summary>What a redirect URI may look like. Everything not allowed is refused with a sentence that says what is wrong.</summary>
internal static class RedirectUriRules
{
    /// <summary>Schemes that run or read something in a browser: never a callback.</summary>
    private static readonly string[] _dangerousSchemes =
        ["javascript", "data", "vbscript", "file", "blob", "about", "filesystem", "ftp", "ws", "wss", "mailto", "view-source", "jar"];

    /// <summary>Schemes without a dot that known MCP clients use; any other needs the reverse domain form of RFC 8252 §7.1.</summary>
    private static readonly string[] _knownPrivateSchemes =
        ["cursor", "vscode", "vscode-insiders", "windsurf", "claude", "zed", "grokbot", "raycast", "goose"];

    public static readonly string[] LoopbackHosts = ["127.0.0.1", "[::1]", "localhost"];

    /// <summary>The first thing wrong with it, or null.</summary>
    public static string? Fault(string text)
    {
        if (text.Length == 0)
        {
            return "It is empty.";
        }

        if (text.Length > RedirectUri.MaxLength)
        {
            return $"It is longer than {RedirectUri.MaxLength} characters.";
        }

        // Controls, spaces, quotes, backslashes and everything outside ASCII are read differently by different parsers.
        if (text.Any(c => c is <= ' ' or >= (char)127 or '\\' or '"' or '<' or '>' or '^' or '`' or '{' or '|' or '}'))
        {
            return "It contains a character that has no place in a URI (a space, a backslash, a control or a letter outside ASCII).";
        }

        var schemeEnd = text.IndexOf(':');
        if (schemeEnd <= 0 || !char.IsAsciiLetter(text[0]) || !text[..schemeEnd].All(IsSchemeCharacter))
        {
            return "It has no scheme, such as https://.";
        }

        var scheme = text[..schemeEnd];
        if (scheme.Any(char.IsAsciiLetterUpper))
        {
            return "Its scheme must be in lower case.";
        }

        if (_dangerousSchemes.Contains(scheme))
        {
            return $"The scheme {scheme}: is not allowed.";
        }

        if (text.Contains('#'))
        {
            return "It has a fragment (#…), which OAuth does not allow."; // RFC 6749 §3.1.2
        }

        return scheme is "https" or "http" ? WebFault(scheme, text) : PrivateUseFault(scheme, text[(schemeEnd + 1)..]);
    }

    private static string? WebFault(string scheme, string text)
    {
        if (!text.AsSpan(scheme.Length).StartsWith("://"))
        {
            return $"After {scheme}: must come //.";
        }

        var rest = text[(scheme.Length + 3)..];
        var end = rest.IndexOfAny(['/', '?']);
        var authority = end < 0 ? rest : rest[..end];
        if (authority.Contains('@'))
        {
            return "It has a user name or password before the host.";
        }

        if (authority.Contains('*') || rest.Contains("/*", StringComparison.Ordinal))
        {
            return "It has a wildcard (*). Every redirect URI must be written out.";
        }

        var portStart = authority.LastIndexOf(':') is var colon && colon > authority.LastIndexOf(']') ? colon : -1;
        var host = portStart < 0 ? authority : authority[..portStart];
        if (portStart >= 0 && !(ushort.TryParse(authority[(portStart + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0))
        {
            return "Its port is not a number from 1 to 65535.";
        }

        if (!IsHost(host))
        {
            return "Its host is not a plain host name or address.";
        }

        return scheme == "http" && !LoopbackHosts.Contains(host)
            ? "http is only for programs on the same device (127.0.0.1, [::1] or localhost). Use https."
            : PathFault(end < 0 ? "" : rest[end..]);
    }

    /// <summary>Dot segments are resolved by browsers: what they would reach is not what was compared.</summary>
    private static string? PathFault(string pathAndQuery)
    {
        var path = pathAndQuery.Split('?')[0];
        return path.Split('/').Any(s => s is "." or ".." || s.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is "." or "..")
            ? "Its path has a . or .. segment."
            : null;
    }

    private static string? PrivateUseFault(string scheme, string rest)
    {
        if (!scheme.Contains('.') && !_knownPrivateSchemes.Contains(scheme))
        {
            return $"The scheme {scheme}: is not known. An app's own scheme must be a domain name in reverse, such as com.example.app:/callback.";
        }

        return rest.Trim('/').Length == 0 ? "Nothing follows its scheme." : PathFault(rest);
    }

    private static bool IsSchemeCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.';

    private static bool IsHost(string host)
    {
        if (host.StartsWith('['))
        {
            return System.Net.IPAddress.TryParse(host, out var address)
                && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        }

        return host.Length is > 0 and <= 253
            && host.Split('.').All(label => label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
    }
}
