namespace KOauth.AspNetCore;

/// <summary>The public address of the protected resource and of its metadata, from the configured strings alone.</summary>
/// <param name="Resource">What tokens are for: base URL and path.</param>
/// <param name="Path">The path in it, empty for a root.</param>
/// <param name="MetadataUrl">The path-inserted address of its metadata (RFC 9728 §3.1).</param>
internal sealed record ResourceAddress(string Resource, string Path, string MetadataUrl)
{
    public static ResourceAddress Of(KOauthOptions options)
    {
        var baseUrl = options.BaseUrl.TrimEnd('/');
        var (origin, basePath) = Split(baseUrl);
        var own = options.Path.TrimEnd('/');
        var path = basePath.EndsWith(own, StringComparison.Ordinal) ? basePath : basePath + own;

        return new(origin + path, path, origin + KOauthDefaults.ResourceMetadataPath + path);
    }

    // Not by System.Uri, which would rewrite the string (it puts a slash behind a bare host).
    private static (string Origin, string Path) Split(string url)
    {
        var host = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var path = host < 3 ? -1 : url.IndexOf('/', host);
        return path < 0 ? (url, "") : (url[..path], url[path..]);
    }
}
