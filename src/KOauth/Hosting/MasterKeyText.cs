using System.Buffers.Text;

namespace KOauth.Hosting;

/// <summary>A master key as people hold it, in a setting or in a file: 32 random bytes in base64, base64url or hexadecimal.</summary>
internal static class MasterKeyText
{
    public const int Length = 32;

    /// <summary>The key, or why it is none: the end of a sentence that began with its place.</summary>
    public static bool TryParse(string text, out byte[] key, out string? why)
    {
        key = new byte[Length];
        if (text.Length == 2 * Length && text.All(char.IsAsciiHexDigit))
        {
            key = Convert.FromHexString(text);
        }
        else if (!(Convert.TryFromBase64String(text, key, out var written) && written == Length)
            && !(Base64Url.IsValid(text, out var length) && length == Length && Base64Url.DecodeFromChars(text, key) == Length))
        {
            why = "it must be 32 random bytes in base64 or hexadecimal. Make one with: openssl rand -base64 32";
            return false;
        }

        // A key of one repeated byte is a placeholder somebody forgot.
        why = key.Distinct().Count() < 8 ? "it is not random. Make one with: openssl rand -base64 32" : null;
        return why is null;
    }
}
