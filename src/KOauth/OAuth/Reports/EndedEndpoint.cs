using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KOauth.Grants;

namespace KOauth.OAuth.Reports;

internal static class EndedEndpoint
{
    public const string Path = "/oauth/ended";

    /// <summary>Open to everybody: an id is 128 random bits, says nothing, opens nothing, and belongs to what is over.</summary>
    public static async Task<IResult> HandleAsync(HttpContext http, EndedGrants ended, CancellationToken ct)
    {
        var copy = await ended.ReadAsync(ct);
        var ids = copy.Since(Since(http.Request.Query["since"])).Select(id => id.ToString("N")).Order(StringComparer.Ordinal).ToArray();
        var etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(ids))))[..16]}\"";
        http.Response.Headers.ETag = etag;
        http.Response.Headers.CacheControl = "no-cache"; // asked again each time; unchanged is a 304
        return http.Request.Headers.IfNoneMatch == etag
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Json(new Dictionary<string, object> { ["ended"] = ids, ["now"] = copy.At.ToUnixTimeSeconds() });
    }

    /// <summary>Whoever asks nonsense hears everything.</summary>
    private static DateTimeOffset Since(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.MinValue;
}
