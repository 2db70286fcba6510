using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace KOauth.Hosting;

/// <summary>
/// The one stylesheet, carried inside the program: nothing beside it can be missing, whatever directory it is started in. Its
/// address changes with its content, so browsers may keep it for ever.
/// </summary>
internal static class Stylesheet
{
    public const string Path = "/koauth.css";

    private static readonly byte[] _text = Read();
    private static readonly string _version = Convert.ToHexStringLower(SHA256.HashData(_text))[..12];

    public static string Url(KOauthSettings settings) => $"{settings.Issuer.Path}{Path}?v={_version}";

    public static IResult Handle(HttpContext http)
    {
        var isCurrent = http.Request.Query["v"] == _version;
        http.Response.Headers.CacheControl = isCurrent ? "public, max-age=31536000, immutable" : "no-cache";
        return Results.Bytes(_text, "text/css; charset=utf-8", entityTag: new EntityTagHeaderValue($"\"{_version}\""));
    }

    private static byte[] Read()
    {
        using var stream = typeof(Stylesheet).Assembly.GetManifestResourceStream("KOauth.koauth.css")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
