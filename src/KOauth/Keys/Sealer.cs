using System.Buffers.Text;
using System.Text;
using KOauth.Hosting;
using KOauth.Protocol;
using NSec.Cryptography;

namespace KOauth.Keys;

/// <summary>
/// Seals what this server hands out and gets back: text that nobody else can read, change or use for another purpose or issuer.
/// A seal is base64url(key number, nonce, ciphertext, tag), XChaCha20-Poly1305: 41 bytes more than its content. Nonces of 24
/// bytes may be random on every node for ever. See docs/decisions/0004-keys-and-sealing.md.
/// </summary>
internal sealed class Sealer(KeyRing ring, KOauthSettings settings, Randomness randomness)
{
    private const int HeadLength = 1 + 24;

    private static readonly AeadAlgorithm _aead = AeadAlgorithm.XChaCha20Poly1305;

    // One byte of fixed length, then the issuer: no two contexts can spell alike.
    private readonly Dictionary<SealPurpose, byte[]> _contexts = Enum.GetValues<SealPurpose>()
        .ToDictionary(purpose => purpose, purpose => (byte[])[(byte)purpose, .. Encoding.UTF8.GetBytes(settings.Issuer.Value)]);

    public string Seal(SealPurpose purpose, ReadOnlySpan<byte> content)
    {
        var keys = ring.Keys.Seals;
        var box = new byte[HeadLength + content.Length + _aead.TagSize];
        box[0] = keys.CurrentNumber;
        var nonce = box.AsSpan(1, HeadLength - 1);
        randomness.Fill(nonce);
        _aead.Encrypt(keys.Current, nonce, _contexts[purpose], content, box.AsSpan(HeadLength));
        return Base64Url.EncodeToString(box);
    }

    /// <summary>False for everything that is not, letter by letter, a seal of this purpose and issuer.</summary>
    public bool TryOpen(SealPurpose purpose, string text, out byte[] content)
    {
        content = [];
        if (!TokenText.TryDecode(text, out var box)
            || box.Length < HeadLength + _aead.TagSize
            || ring.Keys.Seals.Find(box[0]) is not { } key
            || _aead.Decrypt(key, box.AsSpan(1, HeadLength - 1), _contexts[purpose], box.AsSpan(HeadLength)) is not { } opened)
        {
            return false;
        }

        content = opened;
        return true;
    }
}

/// <summary>What a seal is for; the numbers are authenticated and never change.</summary>
internal enum SealPurpose
{
    Code = 1,
    Ticket = 2,
    BrowserKnown = 3,
    PushedRequest = 4,
}
