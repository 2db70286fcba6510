using KOauth.Hosting;

namespace KOauth.People;

/// <summary>
/// The cookies of this server. With an https issuer their names begin with <c>__Host-</c>: the browser then takes them only from
/// this very host, so that a sibling domain cannot plant one. Over http on loopback, where that prefix is refused, the port is
/// part of the name, because cookies do not know ports.
/// </summary>
internal sealed class Cookies(KOauthSettings settings)
{
    public const string Session = CookieNames.Session;
    public const string Browser = CookieNames.Browser;
    public const string Known = CookieNames.Known;
    public const string Link = CookieNames.Link;

    private readonly string _stem = CookieNames.Stem(settings.Issuer);

    public string Name(string cookie) => _stem + cookie;

    /// <summary>The value, or null when there is none or more than one: of two, nobody knows which is ours.</summary>
    public string? Read(HttpContext http, string cookie)
    {
        var name = Name(cookie);
        string? found = null;
        foreach (var header in http.Request.Headers.Cookie)
        {
            foreach (var pair in (header ?? "").Split(';', StringSplitOptions.TrimEntries))
            {
                if (pair.Length <= name.Length || pair[name.Length] != '=' || !pair.StartsWith(name, StringComparison.Ordinal))
                {
                    continue;
                }

                if (found is not null)
                {
                    return null;
                }

                found = pair[(name.Length + 1)..];
            }
        }

        return found;
    }

    public void Write(HttpContext http, string cookie, string value, TimeSpan life) =>
        http.Response.Cookies.Append(Name(cookie), value, Options(life));

    public void Delete(HttpContext http, string cookie) =>
        http.Response.Cookies.Append(Name(cookie), "", Options(TimeSpan.Zero));

    private CookieOptions Options(TimeSpan life) => new()
    {
        HttpOnly = true,
        Secure = settings.Issuer.IsHttps,
        // Lax, not Strict: the flow begins with a link from another site.
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = life,
    };
}
