using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace KOauth.Protocol;

/// <summary>Proof key for code exchange, method S256 and no other (RFC 7636; OAuth 2.1 §4.1.1; <c>plain</c> protects nobody).</summary>
internal static class Pkce
{
    public const string Method = "S256";
    public const int HashLength = 32;
    private const int ChallengeLength = 43;

    /// <summary>The 32 bytes of a challenge, or why it is none (RFC 7636 §4.2).</summary>
    public static Refusal? ReadChallenge(string? challenge, string? method, out byte[] hash)
    {
        hash = [];
        if (string.IsNullOrEmpty(challenge))
        {
            return new Refusal(Reasons.PkceMissing) { Expected = "code_challenge with code_challenge_method=S256" };
        }

        if (method is null)
        {
            // RFC 7636 §4.3: a missing method means plain.
            return new Refusal(Reasons.PkceMethodUnsupported) { Expected = Method, Received = "no code_challenge_method, which means plain" };
        }

        if (method != Method)
        {
            return new Refusal(Reasons.PkceMethodUnsupported) { Expected = Method, Received = method };
        }

        var bytes = new byte[HashLength];
        // 43 characters hold 258 bits; the decoder insists that the last two are zero, or two challenges would name one hash.
        // TryDecodeFromChars would throw at such a challenge.
        if (challenge.Length != ChallengeLength
            || challenge.Any(c => !IsBase64Url(c))
            || Base64Url.DecodeFromChars(challenge, bytes, out _, out var written) != OperationStatus.Done
            || written != HashLength)
        {
            return new Refusal(Reasons.PkceChallengeMalformed)
            {
                Expected = "43 characters of A-Z a-z 0-9 - _",
                Received = $"{challenge.Length} characters",
            };
        }

        hash = bytes;
        return null;
    }

    /// <summary>RFC 7636 §4.1: 43 to 128 unreserved characters.</summary>
    public static bool IsVerifier(string verifier) =>
        verifier.Length is >= 43 and <= 128 && verifier.All(c => IsBase64Url(c) || c is '.' or '~');

    /// <summary>RFC 7636 §4.6, in constant time.</summary>
    public static bool Verifies(string verifier, ReadOnlySpan<byte> hash)
    {
        Span<byte> computed = stackalloc byte[HashLength];
        SHA256.HashData(Encoding.ASCII.GetBytes(verifier), computed);
        return CryptographicOperations.FixedTimeEquals(computed, hash);
    }

    private static bool IsBase64Url(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
}
