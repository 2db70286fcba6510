using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace KOauth.Protocol;

/// <summary>
/// A signed JWT of somebody else's making, taken apart (RFC 7515 §7.1) before any cryptography and more strictly than the JOSE library
/// does: one spelling of every segment, no member twice, no header that changes what the signature covers or names a key elsewhere.
/// </summary>
internal sealed record CompactJws(string Text, JsonElement Header, JsonElement Payload)
{
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private static readonly string[] _forbiddenHeaders = ["crit", "b64", "zip", "jku", "x5u", "x5c"];

    public string? Type => StringOf(Header, "typ");

    public string? Algorithm => StringOf(Header, "alg");

    /// <summary>The token, or null and what is wrong with it, in words that follow "the token:".</summary>
    public static CompactJws? Read(string text, int longest, out string problem)
    {
        problem = "it is not a signed JWT in its one canonical spelling";
        if (text.Length > longest)
        {
            problem = $"it has {text.Length} characters; {longest} are allowed";
            return null;
        }

        var segments = text.Split('.', 4);
        if (segments.Length != 3
            || !TryDecode(segments[0], out var header)
            || !TryDecode(segments[1], out var payload)
            || !TryDecode(segments[2], out _))
        {
            return null;
        }

        try
        {
            var jws = new CompactJws(text, Parse(header), Parse(payload));
            if (jws.Header.ValueKind != JsonValueKind.Object || jws.Payload.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            if (Array.Find(_forbiddenHeaders, name => jws.Header.TryGetProperty(name, out _)) is { } forbidden)
            {
                problem = $"its header has '{forbidden}'";
                return null;
            }

            return jws;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            problem = "its JSON is malformed, too deep, or names a member twice";
            return null;
        }
    }

    /// <summary>A claim that is a text with something in it, or null.</summary>
    public string? Claim(string name) => StringOf(Payload, name);

    /// <summary>A claim that is a whole number of seconds since 1970, or null.</summary>
    public DateTimeOffset? Instant(string name) =>
        Payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds)
        && seconds is > 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    public static string? StringOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    // White space, padding and stray last bits, which decoders like to allow, would each be a second spelling of the same token.
    public static bool TryDecode(string segment, out byte[] bytes)
    {
        bytes = new byte[segment.Length];
        var isReadable = Base64Url.DecodeFromChars(segment, bytes, out _, out var written) == OperationStatus.Done;
        bytes = bytes[..written];
        return isReadable && written > 0 && Base64Url.EncodeToString(bytes) == segment;
    }

    private static JsonElement Parse(byte[] json)
    {
        using var document = JsonDocument.Parse(json, _strict);
        return document.RootElement.Clone();
    }
}
