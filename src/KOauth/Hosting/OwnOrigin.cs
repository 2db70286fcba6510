using KOauth.Protocol;

namespace KOauth.Hosting;

/// <summary>
/// Whether a request that changes something was made by a page of this very origin. A sibling subdomain is the same site to cookies
/// (SameSite), and can plant the anti-forgery cookie of a form; what the browser says of itself it cannot change.
/// </summary>
internal static class OwnOrigin
{
    public static bool MayChange(HttpContext http, IssuerUri issuer)
    {
        // Every browser of today says so over https and on loopback. "none": the person typed the address or loaded the page again.
        if (http.Request.Headers["Sec-Fetch-Site"] is { Count: > 0 } site)
        {
            return site is ["same-origin"] or ["none"];
        }

        // Forms of a page without referrer say "null", as do sandboxed frames; those of older browsers have the form's token alone.
        return http.Request.Headers.Origin is not { Count: > 0 } origin
            || (origin is [{ } one] && (one == "null" || string.Equals(one, Of(issuer), StringComparison.OrdinalIgnoreCase)));
    }

    private static string Of(IssuerUri issuer) => new Uri(issuer.Value).GetLeftPart(UriPartial.Authority);
}
