using System.Text.Json;
using KOauth.Protocol;
using Microsoft.Net.Http.Headers;

namespace KOauth.OAuth.Register;

/// <summary>The body of a registration: one JSON object of modest size, in which no member stands twice (DC-14).</summary>
internal static class RegistrationBody
{
    private const int MaxBytes = 64 * 1024;

    private static readonly JsonDocumentOptions _strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    public static async Task<Outcome<JsonDocument>> ReadAsync(HttpContext http, CancellationToken ct)
    {
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type)
            || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            return new Refusal(Reasons.RegistrationNotJson) { Received = http.Request.ContentType ?? "no content type" };
        }

        if (http.Request.ContentLength > MaxBytes)
        {
            return Reasons.RequestTooLarge;
        }

        var body = new byte[MaxBytes + 1];
        var length = await http.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, ct);
        return length > MaxBytes ? Reasons.RequestTooLarge : Parse(body.AsMemory(0, length));
    }

    private static Outcome<JsonDocument> Parse(ReadOnlyMemory<byte> json)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, _strict);
        }
        catch (JsonException)
        {
            return Reasons.RegistrationNotJson;
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            return document;
        }

        document.Dispose();
        return Reasons.RegistrationNotJson;
    }
}
