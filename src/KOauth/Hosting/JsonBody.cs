using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace KOauth.Hosting;

/// <summary>The body of a request to the JSON API: one small JSON object in which no member stands twice.</summary>
internal static class JsonBody
{
    private const int MaxBytes = 8 * 1024;

    private static readonly JsonDocumentOptions _strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Null when it is anything else. Form types need no leave from this server to be sent by another site, so they are no JSON.</summary>
    public static async Task<JsonElement?> ReadAsync(HttpContext http, CancellationToken ct)
    {
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type)
            || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || http.Request.ContentLength > MaxBytes)
        {
            return null;
        }

        var body = new byte[MaxBytes + 1];
        var length = await http.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, ct);
        if (length > MaxBytes)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body.AsMemory(0, length), _strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
