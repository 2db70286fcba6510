using System.Buffers.Text;
using System.Security.Cryptography;

namespace KOauth.Protocol;

/// <summary>The only source of randomness, injected so that a test may know what comes.</summary>
internal class Randomness
{
    /// <summary>31 letters and digits that nobody confuses when reading them aloud: no I, L, O, 0, 1.</summary>
    public const string Readable = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

    public virtual void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }

    /// <summary>128 random bits, as the id of a row.</summary>
    public Guid Id()
    {
        Span<byte> bytes = stackalloc byte[16];
        Fill(bytes);
        return new Guid(bytes);
    }

    /// <summary>Random text of the alphabet <c>A-Za-z0-9_-</c>, so that form-encoded and raw spelling coincide (RFC 6749 §2.3.1).</summary>
    public string Text(int bytes) => Base64Url.EncodeToString(Bytes(bytes));

    /// <summary>The reference of a story: <c>K</c> and six characters without look-alikes.</summary>
    public string StoryReference()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        var number = BitConverter.ToUInt64(bytes); // 64 bits over 31^6: the bias is below 2^-34
        Span<char> text = stackalloc char[7];
        text[0] = 'K';
        for (var i = 1; i < text.Length; i++)
        {
            text[i] = Readable[(int)(number % (ulong)Readable.Length)];
            number /= (ulong)Readable.Length;
        }

        return new string(text);
    }
}
