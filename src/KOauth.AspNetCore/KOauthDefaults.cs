namespace KOauth.AspNetCore;

/// <summary>The names <c>AddKOauth</c> uses.</summary>
public static class KOauthDefaults
{
    /// <summary>The authentication scheme that checks access tokens: <c>KOauth</c>.</summary>
    public const string AuthenticationScheme = "KOauth";

    /// <summary>The setting that names the authorization server, <c>KOAUTH_URL</c>. Fills <see cref="KOauthOptions.Issuer"/>.</summary>
    public const string IssuerSetting = "KOAUTH_URL";

    /// <summary>The setting that names this server's public address, <c>BASE_URL</c>. Fills <see cref="KOauthOptions.BaseUrl"/>.</summary>
    public const string BaseUrlSetting = "BASE_URL";

    /// <summary>Where the metadata of a protected resource lives (RFC 9728 §3): the root, and with the resource's path behind it.</summary>
    public const string ResourceMetadataPath = "/.well-known/oauth-protected-resource";
}
