using System.Text;
using System.Text.Encodings.Web;
using KOauth.Protocol;

namespace KOauth.Grants;

/// <summary>
/// The URL that carries an answer back to the client: <c>code</c> or <c>error</c>, <c>state</c> byte for byte, and <c>iss</c> on
/// every one of them (RFC 9207 §2).
/// </summary>
internal static class RedirectAnswer
{
    public static string Code(string redirectUri, string code, string? state, IssuerUri issuer) =>
        Append(redirectUri, ("code", code), ("state", state), ("iss", issuer.Value));

    public static string Error(string redirectUri, Refusal refusal, string? state, IssuerUri issuer) => Append(
        redirectUri, ("error", refusal.Error), ("error_description", refusal.Reason.Wire), ("state", state), ("iss", issuer.Value));

    private static string Append(string redirectUri, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        // A registered query stays (RFC 6749 §3.1.2).
        var url = new StringBuilder(redirectUri);
        var separator = redirectUri.Contains('?') ? '&' : '?';
        foreach (var (name, value) in parameters)
        {
            if (value is not null)
            {
                url.Append(separator).Append(name).Append('=').Append(UrlEncoder.Default.Encode(value));
                separator = '&';
            }
        }

        return url.ToString();
    }
}
