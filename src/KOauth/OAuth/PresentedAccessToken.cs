using KOauth.Protocol;

namespace KOauth.OAuth;

/// <summary>
/// The access token of a request to this server: in the Authorization header, or in a form (RFC 6750 §2); never in the address.
/// </summary>
internal sealed record PresentedAccessToken(string Text, bool IsDpop)
{
    private const string Parameter = "access_token";

    public static async Task<Outcome<PresentedAccessToken>> ReadAsync(HttpContext http, CancellationToken ct)
    {
        if (http.Request.Query.ContainsKey(Parameter))
        {
            return Reasons.AccessTokenTwice;
        }

        var headers = http.Request.Headers.Authorization;
        var inHeader = headers.Count == 1 ? FromHeader(headers[0]!) : null;
        string? inForm = null;
        if (HttpMethods.IsPost(http.Request.Method) && http.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true)
        {
            if (!(await OAuthForm.ReadAsync(http, ct)).Ok(out var form, out var refusal))
            {
                return refusal;
            }

            inForm = form[Parameter];
        }

        if (headers.Count > 1 || (headers.Count == 1 && inForm is not null))
        {
            return Reasons.AccessTokenTwice;
        }

        var presented = inForm is null ? inHeader : new PresentedAccessToken(inForm, IsDpop: false);
        return presented is null ? Reasons.AccessTokenMissing : presented;
    }

    private static PresentedAccessToken? FromHeader(string header)
    {
        var space = header.IndexOf(' ');
        var scheme = space < 0 ? header : header[..space];
        var isDpop = scheme.Equals("DPoP", StringComparison.OrdinalIgnoreCase);
        return space > 0 && (isDpop || scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) && header[(space + 1)..].Trim() is { Length: > 0 } token
            ? new PresentedAccessToken(token, isDpop)
            : null;
    }
}
