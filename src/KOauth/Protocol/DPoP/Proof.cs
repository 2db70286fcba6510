using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace KOauth.Protocol.DPoP;

/// <summary>
/// A DPoP proof (RFC 9449 §4.2) whose outside and signature are right; whether it is for the request at hand is asked afterwards. The
/// server and the library for MCP servers compile this same file.
/// </summary>
internal sealed record Proof(
    byte[] Key, string Id, string Method, string Address, DateTimeOffset At, DateTimeOffset? Until, string? Nonce, string? TokenHash)
{
    public const string Header = "DPoP";
    public const string NonceHeader = "DPoP-Nonce";

    /// <summary>By how much the clock of whoever made it may differ, either way.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private const int LongestProof = 4096;
    private const int LongestId = 256;

    /// <summary>The SHA-256 thumbprint of the key that made it.</summary>
    public byte[] Key { get; } = Key;

    /// <summary>The thumbprint as <c>jkt</c> spells it.</summary>
    public string Thumbprint => Base64Url.EncodeToString(Key);

    /// <summary>The proof, or null and what is wrong with it, in words that follow "the proof:".</summary>
    public static async ValueTask<(Proof? Proof, string? Problem)> ReadAsync(string text)
    {
        if (CompactJws.Read(text, LongestProof, out var problem) is not { } jws)
        {
            return (null, problem);
        }

        if (!"dpop+jwt".Equals(jws.Type, StringComparison.OrdinalIgnoreCase))
        {
            return (null, "its type is not 'dpop+jwt'");
        }

        if (jws.Algorithm is not { } algorithm || !ProofKey.Algorithms.Contains(algorithm))
        {
            return (null, $"its algorithm is not one of {string.Join(", ", ProofKey.Algorithms)}");
        }

        using var key = ProofKey.Read(jws.Header, algorithm, out problem);
        if (key is null)
        {
            return (null, problem);
        }

        if (jws.Claim("jti") is not { Length: <= LongestId } id
            || jws.Claim("htm") is not { } method
            || jws.Claim("htu") is not { } address
            || jws.Instant("iat") is not { } at)
        {
            return (null, $"it lacks 'jti' (at most {LongestId} characters), 'htm', 'htu' or 'iat'");
        }

        return await key.HasSignedAsync(jws, algorithm)
            ? (new Proof(key.Thumbprint, id, method, address, at, jws.Instant("exp"), jws.Claim("nonce"), jws.Claim("ath")), null)
            : (null, "its signature is wrong");
    }

    /// <summary>Why it is not for this request, or null (RFC 9449 §4.3).</summary>
    /// <param name="method">The method of the request.</param>
    /// <param name="address">The public address of the request, from configuration and never from the Host header.</param>
    /// <param name="now">The time.</param>
    /// <param name="accessToken">The access token it comes with, or null at the token endpoint.</param>
    public string? WhyNotFor(string method, string address, DateTimeOffset now, string? accessToken)
    {
        if (Method != method)
        {
            return $"its 'htm' is for another method, expected {method}";
        }

        if (!IsSameAddress(Address, address))
        {
            return $"its 'htu' is for another address, expected {address}";
        }

        if ((now - At).Duration() > Window || Until <= now)
        {
            return $"it was made at {At:u}, more than {Window.TotalMinutes:0} minutes from now ({now:u}), or has expired";
        }

        return accessToken is null || TokenHash is { } hash && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(hash), Encoding.UTF8.GetBytes(HashOf(accessToken)))
                ? null
                : "its 'ath' is not the hash of the access token it came with";
    }

    public static string HashOf(string accessToken) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)));

    // Query and fragment are not looked at (RFC 9449 §4.3); the rest is compared normalized (RFC 3986 §6.2).
    private static bool IsSameAddress(string given, string expected) =>
        Uri.TryCreate(given, UriKind.Absolute, out var a)
        && Uri.TryCreate(expected, UriKind.Absolute, out var b)
        && a.Scheme is "https" or "http"
        && a.UserInfo.Length == 0
        && a.GetLeftPart(UriPartial.Path) == b.GetLeftPart(UriPartial.Path);
}
