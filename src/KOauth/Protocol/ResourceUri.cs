namespace KOauth.Protocol;

/// <summary>
/// The identifier of a protected server (RFC 8707 §2). Two spellings name the same server when they differ only in the case of
/// scheme and host, a default port, or one trailing slash; <c>aud</c> is always the string as registered.
/// </summary>
internal sealed class ResourceUri
{
    public const int MaxLength = 1024;

    private ResourceUri(string value, string canonical, string host)
    {
        Value = value;
        Canonical = canonical;
        Host = host;
    }

    /// <summary>The string as it came.</summary>
    public string Value { get; }

    /// <summary>The spelling that is compared.</summary>
    public string Canonical { get; }

    public string Host { get; }

    public static Outcome<ResourceUri> Parse(string text)
    {
        var fault = Fault(text, out var address);
        return fault is null
            ? new ResourceUri(text, Canonize(address!), address!.Host)
            : new Refusal(Reasons.ResourceInvalid) { Received = text, Detail = fault };
    }

    private static string? Fault(string text, out WebAddress? address)
    {
        address = null;
        if (text.Length is 0 or > MaxLength)
        {
            return text.Length == 0 ? "It is empty." : $"It is longer than {MaxLength} characters.";
        }

        if (text.Any(c => c is <= ' ' or >= (char)127 or '\\' or '"' or '<' or '>'))
        {
            return "It contains a character that has no place in a URI.";
        }

        if (text.Contains('#'))
        {
            return "It has a fragment (#…)."; // RFC 8707 §2
        }

        if (WebAddress.Read(text, out address) is { } fault)
        {
            return fault;
        }

        return address!.Scheme == "http" && !address.IsLoopback ? "http is only for servers on this machine. Use https." : null;
    }

    private static string Canonize(WebAddress address)
    {
        var host = address.Host.ToLowerInvariant();
        var port = address.Port == (address.Scheme == "https" ? ":443" : ":80") ? "" : address.Port;
        var path = address.PathAndQuery; // a slash at the end of a query belongs to the query
        return $"{address.Scheme}://{host}{port}{(path.EndsWith('/') && !path.Contains('?') ? path[..^1] : path)}";
    }

    public override string ToString() => Value;
}
