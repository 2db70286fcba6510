using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace KOauth.AspNetCore;

/// <summary>Finds the access token of a request (RFC 6750 §2.1, RFC 9449 §7.1): in the Authorization header and nowhere else.</summary>
internal static class BearerHeader
{
    private const string Bearer = "Bearer";
    private const string DPoP = "DPoP";

    private static readonly SearchValues<char> _tokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=");

    /// <summary>The token, or null with a refusal when the header is malformed, or null with null when there is none.</summary>
    public static PresentedToken? Read(HttpRequest request, out TokenRefusal? malformed)
    {
        malformed = null;
        var headers = request.Headers.Authorization;
        if (headers.Count > 1)
        {
            malformed = TokenRefusal.BadRequest("There is more than one Authorization header.");
            return null;
        }

        var header = headers.ToString();
        var scheme = IsOf(header, Bearer) ? Bearer : DPoP;
        if (!IsOf(header, scheme))
        {
            return null; // another scheme is "not authenticated" here, without an error code (RFC 6750 §3.1)
        }

        var token = header[scheme.Length..].Trim(' ');
        if (token.Length == 0 || token.AsSpan().ContainsAnyExcept(_tokenCharacters))
        {
            malformed = TokenRefusal.BadRequest("The Authorization header must be the word Bearer or DPoP and one access token.");
            return null;
        }

        // Tokens in addresses end up in logs and histories, so they are never read; two at once are an error (RFC 6750 §3.1).
        if (request.Query.ContainsKey("access_token"))
        {
            malformed = TokenRefusal.BadRequest("The access token belongs in the Authorization header alone and not in the address.");
            return null;
        }

        return new(token, scheme == DPoP);
    }

    private static bool IsOf(string header, string scheme) =>
        header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
        && (header.Length == scheme.Length || header[scheme.Length] == ' ');
}
