using System.Text;
using KOauth.Protocol;

namespace KOauth.OAuth;

/// <summary>The user name and password of a Basic header (RFC 7617), raw and form-decoded (RFC 6749 §2.3.1).</summary>
internal sealed record BasicCredentials(string Id, string Secret)
{
    private static readonly UTF8Encoding _strict = new(false, throwOnInvalidBytes: true);

    public string DecodedId => Decode(Id);

    public string DecodedSecret => Decode(Secret);

    public static Outcome<BasicCredentials> Parse(string header)
    {
        const string Scheme = "Basic ";
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return new Refusal(Reasons.CredentialsMalformed) { Expected = "Basic", Detail = "Another scheme than Basic." };
        }

        var encoded = header[Scheme.Length..].Trim();
        var bytes = new byte[encoded.Length];
        if (encoded.Length == 0 || !Convert.TryFromBase64String(encoded, bytes, out var length))
        {
            return new Refusal(Reasons.CredentialsMalformed) { Detail = "What follows Basic is not base64." };
        }

        string text;
        try
        {
            text = _strict.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return new Refusal(Reasons.CredentialsMalformed) { Detail = "What follows Basic is not UTF-8." };
        }

        var colon = text.IndexOf(':');
        return colon <= 0
            ? new Refusal(Reasons.CredentialsMalformed) { Detail = colon < 0 ? "There is no colon." : "There is no client id." }
            : new BasicCredentials(text[..colon], text[(colon + 1)..]);
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
