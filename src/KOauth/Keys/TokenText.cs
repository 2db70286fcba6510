using System.Buffers;
using System.Buffers.Text;

namespace KOauth.Keys;

/// <summary>Reads base64url as RFC 4648 §5 writes it, and in no other spelling: one token has one text.</summary>
internal static class TokenText
{
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done)
        {
            return false;
        }

        // The decoder forgives white space and padding.
        bytes = bytes[..written];
        return text.SequenceEqual(Base64Url.EncodeToString(bytes));
    }
}
