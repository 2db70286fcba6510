namespace KOauth.AspNetCore;

/// <summary>Finds the first setting that cannot work and says in one sentence what to type instead.</summary>
internal static class KOauthOptionsCheck
{
    private static readonly string[] _asymmetric =
        ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

    public static string? WhatIsWrongWith(KOauthOptions options) =>
        WrongIssuer(options.Issuer)
        ?? WrongBaseUrl(options.BaseUrl)
        ?? WrongPath(options.Path)
        ?? WrongScopes(options)
        ?? WrongRest(options);

    private static string? WrongIssuer(string issuer)
    {
        if (string.IsNullOrEmpty(issuer))
        {
            return "KOAUTH_URL is not set. Set it to the address of your authorization server, for example KOAUTH_URL=https://auth.example.com.";
        }

        if (!IsPlainHttpUrl(issuer, out var uri))
        {
            return $"KOAUTH_URL is '{Printable.Of(issuer)}', which is not an address such as https://auth.example.com (no user, query, fragment, quote or comma).";
        }

        // Whoever can change the answers on the way replaces the signing keys and signs any token he likes.
        return uri.Scheme == Uri.UriSchemeHttps || uri.IsLoopback
            ? null
            : $"KOAUTH_URL is '{issuer}', but outside this machine it must begin with https://, because the keys that tokens are checked with come from there.";
    }

    private static string? WrongBaseUrl(string baseUrl)
    {
        if (string.IsNullOrEmpty(baseUrl))
        {
            return "BASE_URL is not set. Set it to the public address of this server, for example BASE_URL=https://notes.example.com.";
        }

        if (!IsPlainHttpUrl(baseUrl, out var uri))
        {
            return $"BASE_URL is '{Printable.Of(baseUrl)}', which is not an address such as https://notes.example.com (no user, query, fragment, quote or comma).";
        }

        // Clients compare the resource with what a person typed as strings, so there must be one spelling.
        var canonical = uri.GetLeftPart(UriPartial.Path).TrimEnd('/');
        return baseUrl.TrimEnd('/') == canonical
            ? null
            : $"BASE_URL is '{baseUrl}'. Write it as clients will compare it: BASE_URL={canonical}.";
    }

    private static string? WrongPath(string path) =>
        path is "" || (path.StartsWith('/') && path.All(IsPathCharacter) && !path.Contains("//", StringComparison.Ordinal))
            ? null
            : $"The path of the MCP endpoint is '{Printable.Of(path)}'. It begins with a slash, such as /mcp, or is empty for the root.";

    private static string? WrongScopes(KOauthOptions options)
    {
        foreach (var scope in options.Scopes.Concat(options.InitialScopes))
        {
            if (Scope.WhatIsWrongWith(scope) is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    private static string? WrongRest(KOauthOptions options)
    {
        if (options.Algorithms.Count == 0 || options.Algorithms.Except(_asymmetric, StringComparer.Ordinal).Any())
        {
            return $"The signature algorithms must be some of {string.Join(' ', _asymmetric)}.";
        }

        if (options.ClockSkew < TimeSpan.Zero || options.ClockSkew > TimeSpan.FromMinutes(5))
        {
            return $"The clock skew is {options.ClockSkew}. It must be between zero and five minutes.";
        }

        return options.BackchannelTimeout > TimeSpan.Zero
            ? null
            : "The timeout for requests to the authorization server must be longer than zero.";
    }

    private static bool IsPlainHttpUrl(string text, out Uri uri) =>
        Uri.TryCreate(text, UriKind.Absolute, out uri!)
        && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
        && text.All(c => c is > ' ' and < '\x7f' and not ('"' or ',' or '\\' or '?' or '#'))
        && uri.UserInfo.Length == 0;

    private static bool IsPathCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.' or '~';
}
