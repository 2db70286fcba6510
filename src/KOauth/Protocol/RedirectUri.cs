namespace KOauth.Protocol;

/// <summary>
/// A redirect URI that obeys the rules. It keeps the original string and compares strings: <see cref="Uri"/> rewrites
/// <c>http://127.1</c>, <c>/x/../cb</c> and <c>/%63b</c>, and a rewritten comparison is how redirect checks are bypassed.
/// Only the port of a loopback host is cut out before comparing (RFC 8252 §7.3).
/// </summary>
internal sealed class RedirectUri
{
    public const int MaxLength = 2048;

    private readonly string _withoutLoopbackPort;

    private RedirectUri(string value, string scheme, string host, bool isLoopback, string withoutLoopbackPort)
    {
        Value = value;
        Scheme = scheme;
        Host = host;
        IsLoopback = isLoopback;
        _withoutLoopbackPort = withoutLoopbackPort;
    }

    /// <summary>The string as it came, byte for byte.</summary>
    public string Value { get; }

    public string Scheme { get; }

    /// <summary>The host as written (with brackets for IPv6), or what follows <c>scheme://</c> of a private-use scheme.</summary>
    public string Host { get; }

    /// <summary><c>http</c> on <c>127.0.0.1</c>, <c>[::1]</c> or <c>localhost</c>: the program runs on the person's own device.</summary>
    public bool IsLoopback { get; }

    public bool IsHttps => Scheme == "https";

    /// <summary>A scheme such as <c>cursor</c>, which the operating system hands to an app.</summary>
    public bool IsPrivateUse => !IsHttps && Scheme != "http";

    public static Outcome<RedirectUri> Parse(string text)
    {
        if (RedirectUriRules.Fault(text) is { } fault)
        {
            return new Refusal(Reasons.RedirectUriInvalid) { Received = text, Detail = fault };
        }

        var schemeEnd = text.IndexOf(':');
        var scheme = text[..schemeEnd];
        var rest = text[(schemeEnd + 1)..];
        if (!rest.StartsWith("//", StringComparison.Ordinal))
        {
            return new RedirectUri(text, scheme, "", false, text); // com.example.app:/callback, RFC 8252 §7.1
        }

        if (scheme is not ("https" or "http"))
        {
            return new RedirectUri(text, scheme, rest[2..].Split('/', '?')[0], false, text);
        }

        _ = WebAddress.Read(text, out var address);
        var isLoopback = scheme == "http"; // the rules let http pass for loopback hosts only
        return new RedirectUri(text, scheme, address!.Host, isLoopback, isLoopback ? $"http://{address.Host}{address.PathAndQuery}" : text);
    }

    /// <summary>Whether a request for <paramref name="requested"/> may be answered at this registered URI.</summary>
    public bool Matches(RedirectUri requested) => IsLoopback && requested.IsLoopback
        ? string.Equals(_withoutLoopbackPort, requested._withoutLoopbackPort, StringComparison.Ordinal)
        : string.Equals(Value, requested.Value, StringComparison.Ordinal);

    public override string ToString() => Value;
}
