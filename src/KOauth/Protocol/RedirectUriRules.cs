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

        return scheme is "https" or "http" ? WebFault(text) : PrivateUseFault(scheme, text[(schemeEnd + 1)..]);
    }

    /// <summary>
    /// Whether it is a well-formed URI of a kind that is not supported here, and harmless: an app that registers several, of which
    /// one can be used, gets that one (RFC 7591 §2). Everything else that is wrong is a mistake or an attack, and is refused.
    /// </summary>
    public static bool IsOnlyUnsupported(string text)
    {
        var schemeEnd = text.IndexOf(':');
        if (schemeEnd <= 0 || Fault(text) is null)
        {
            return false;
        }

        var scheme = text[..schemeEnd];
        return scheme == "http"
            ? WebAddress.Read(text, out _) is null && !text.Contains('#')
            : scheme.All(c => IsSchemeCharacter(c) && !char.IsAsciiLetterUpper(c))
                && scheme != "https"
                && !_dangerousSchemes.Contains(scheme)
                && Fault(_knownPrivateSchemes[0] + text[schemeEnd..]) is null; // nothing but the scheme is wrong
    }

    private static string? WebFault(string text) => WebAddress.Read(text, out var address) is { } fault
        ? fault
        : address is { Scheme: "http" } && !WebAddress.LoopbackHosts.Contains(address.Host)
            ? "http is only for programs on the same device (127.0.0.1, [::1] or localhost). Use https."
            : null;

    private static string? PrivateUseFault(string scheme, string rest)
    {
        if (!scheme.Contains('.') && !_knownPrivateSchemes.Contains(scheme))
        {
            return $"The scheme {scheme}: is not known. An app's own scheme must be a domain name in reverse, such as com.example.app:/callback.";
        }

        if (rest.Contains('*') || rest.Contains('@'))
        {
            return "It has a wildcard (*) or a user name (@). It must be written out.";
        }

        return rest.Trim('/').Length == 0 ? "Nothing follows its scheme." : WebAddress.PathFault(rest);
    }

    private static bool IsSchemeCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.';
}
