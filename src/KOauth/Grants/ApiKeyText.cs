using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using KOauth.Protocol;

namespace KOauth.Grants;

/// <summary>
/// <c>koa_PREFIX_SECRETCHECKSUM</c>, always 62 characters: 8 that find the row, 43 of secret (256 bits), 6 of checksum. The checksum
/// proves nothing; it turns typing errors and made-up keys away before anything is looked up, and lets scanners of published code know
/// a real one.
/// </summary>
internal static class ApiKeyText
{
    public const int Length = 62;
    public const int PrefixLength = 8;

    private const string Mark = "koa_";
    private const int SecretAt = 13;
    private const int ChecksumLength = 6;

    public static string Make(Randomness randomness)
    {
        var text = $"{Mark}{randomness.Text(6)}_{randomness.Text(32)}";
        return text + Checksum(text);
    }

    /// <summary>The prefix, or null when this is no key at all.</summary>
    public static string? PrefixOf(string text) =>
        text.Length == Length
        && text.StartsWith(Mark, StringComparison.Ordinal)
        && text[SecretAt - 1] == '_'
        && text.EndsWith(Checksum(text[..^ChecksumLength]), StringComparison.Ordinal)
            ? text[Mark.Length..(Mark.Length + PrefixLength)]
            : null;

    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static string Checksum(string text) => Base64Url.EncodeToString(Hash(text).AsSpan(0, 4));
}
