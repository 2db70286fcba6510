using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace KOauth.AspNetCore;

/// <summary>
/// A token whose outside is exactly as RFC 7515 and RFC 9068 demand. This runs before any cryptography and is stricter than the JOSE
/// library: one spelling of every segment, no member twice, no header that names a key or changes what is signed.
/// </summary>
internal sealed record CompactToken(string Text, string Algorithm, string KeyId)
{
    private const int ThumbprintLength = 43;

    private const int LongestToken = 16 * 1024;
    private const int MostAudiences = 20;

    /// <summary>The key it is bound to (<c>cnf.jkt</c>, RFC 9449 §6.1), or null for a bearer token.</summary>
    public string? Thumbprint { get; private init; }

    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    // jku, x5u, jwk and x5c offer a key of the sender's choice; crit, b64 and zip change what the signature covers or how it is read.
    private static readonly string[] _forbiddenHeaders = ["jku", "x5u", "jwk", "x5c", "crit", "b64", "zip"];

    public static CompactToken? TryRead(string text, out string problem)
    {
        problem = "it is not a signed JWT in its one canonical spelling";
        if (text.Length > LongestToken)
        {
            problem = $"it has {text.Length} characters, expected at most {LongestToken}";
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
            return TryReadHeader(header, text, ref problem) is { } token && IsProperPayload(payload, out var thumbprint, ref problem)
                ? token with { Thumbprint = thumbprint }
                : null;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            problem = "its JSON is malformed, too deep, or names a member twice";
            return null;
        }
    }

    private static CompactToken? TryReadHeader(byte[] json, string text, ref string problem)
    {
        using var document = JsonDocument.Parse(json, _strict);
        var header = document.RootElement;
        if (header.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (_forbiddenHeaders.FirstOrDefault(name => header.TryGetProperty(name, out _)) is { } forbidden)
        {
            problem = $"its header has '{forbidden}'";
            return null;
        }

        // RFC 9068 §4: an ID token, a logout token or a client's assertion is signed by the same keys and must not pass here.
        var type = StringOf(header, "typ");
        if (!"at+jwt".Equals(type, StringComparison.OrdinalIgnoreCase)
            && !"application/at+jwt".Equals(type, StringComparison.OrdinalIgnoreCase))
        {
            problem = $"its type is '{Printable.Of(type)}', expected 'at+jwt'";
            return null;
        }

        if (StringOf(header, "alg") is not { } algorithm || StringOf(header, "kid") is not { } keyId)
        {
            problem = "its header has no 'alg' or no 'kid'";
            return null;
        }

        return new(text, algorithm, keyId);
    }

    private static bool IsProperPayload(byte[] json, out string? thumbprint, ref string problem)
    {
        using var document = JsonDocument.Parse(json, _strict);
        var payload = document.RootElement;
        thumbprint = null;
        if (payload.ValueKind == JsonValueKind.Object && payload.TryGetProperty("cnf", out var confirmation))
        {
            // RFC 7800: only the holder of a key may use it. Whoever cannot check that must not take it for a bearer token.
            problem = "it is bound to a key in a way this server cannot check, expected 'jkt' in 'cnf'";
            thumbprint = confirmation.ValueKind == JsonValueKind.Object ? StringOf(confirmation, "jkt") : null;
            if (thumbprint?.Length != ThumbprintLength || confirmation.GetPropertyCount() != 1)
            {
                return false;
            }
        }

        problem = "its payload lacks 'iss', 'sub', 'aud' or 'exp', or one of them has the wrong type";
        return payload.ValueKind == JsonValueKind.Object
            && StringOf(payload, "iss") is not null
            && StringOf(payload, "sub") is not null
            && payload.TryGetProperty("aud", out var audience) && IsAudience(audience)
            && payload.TryGetProperty("exp", out var expiry) && expiry.ValueKind == JsonValueKind.Number
            && (!payload.TryGetProperty("nbf", out var start) || start.ValueKind == JsonValueKind.Number);
    }

    private static bool IsAudience(JsonElement audience) =>
        audience.ValueKind == JsonValueKind.String
        || (audience.ValueKind == JsonValueKind.Array
            && audience.GetArrayLength() is > 0 and <= MostAudiences
            && audience.EnumerateArray().All(entry => entry.ValueKind == JsonValueKind.String));

    private static string? StringOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    // White space, padding and stray last bits, which decoders like to allow, would each be a second spelling of the same token.
    private static bool TryDecode(string segment, out byte[] bytes)
    {
        bytes = new byte[segment.Length];
        var isReadable = Base64Url.DecodeFromChars(segment, bytes, out _, out var written) == OperationStatus.Done;
        bytes = bytes[..written];
        return isReadable && written > 0 && Base64Url.EncodeToString(bytes) == segment;
    }
}
