using KOauth.Protocol;

namespace KOauth.Hosting;

/// <summary>
/// What the cookies are called. With an https issuer <c>__Host-</c> makes the browser take them from this very host only; over http
/// on loopback, where that prefix is refused, the port is part of the name, because cookies do not know ports.
/// </summary>
internal static class CookieNames
{
    public const string Session = "";
    public const string Browser = "-browser";
    public const string Known = "-known";
    public const string Link = "-link";

    public static string Stem(IssuerUri issuer) => issuer.IsHttps ? "__Host-koauth" : $"koauth-{issuer.Port}";

    public static IEnumerable<string> All(IssuerUri issuer) => [Stem(issuer) + Session, Stem(issuer) + Browser, Stem(issuer) + Known, Stem(issuer) + Link];
}
