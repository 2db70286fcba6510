using System.Security.Cryptography;
using System.Text;
using KOauth.Hosting;
using KOauth.Protocol;
using NSec.Cryptography;

namespace KOauth.Keys;

/// <summary>
/// The one key outside the database. It encrypts nothing but other keys, each kind under a derived key of its own, so that a
/// stolen copy of the database is worth nothing without it.
/// </summary>
internal sealed class MasterKey
{
    private const byte Version = 1;
    private const int NonceLength = 24;

    private static readonly AeadAlgorithm _aead = AeadAlgorithm.XChaCha20Poly1305;

    private readonly Dictionary<WrappedKind, Key> _wrapping = [];

    /// <param name="bytes">The 32 bytes.</param>
    /// <param name="origin">Where it came from, as a message names it: <c>in the file /var/lib/koauth/master.key</c>.</param>
    public MasterKey(ReadOnlySpan<byte> bytes, string origin)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, MasterKeyText.Length);
        Origin = origin;
        Fingerprint = Derive(bytes, "fingerprint", 16);
        foreach (var kind in Enum.GetValues<WrappedKind>())
        {
            var derived = Derive(bytes, $"wrap {kind}", _aead.KeySize);
            _wrapping[kind] = Key.Import(_aead, derived, KeyBlobFormat.RawSymmetricKey);
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    public string Origin { get; }

    /// <summary>Tells keys apart and reveals nothing: the database keeps it, so that a wrong key is noticed before anything is read.</summary>
    public byte[] Fingerprint { get; }

    /// <summary>Seals a key for its row. The row's identity is authenticated too, so that rows cannot be exchanged.</summary>
    public byte[] Wrap(WrappedKind kind, string id, ReadOnlySpan<byte> content, Randomness randomness)
    {
        var wrapped = new byte[1 + NonceLength + content.Length + _aead.TagSize];
        wrapped[0] = Version;
        randomness.Fill(wrapped.AsSpan(1, NonceLength));
        _aead.Encrypt(_wrapping[kind], wrapped.AsSpan(1, NonceLength), Encoding.UTF8.GetBytes(id), content, wrapped.AsSpan(1 + NonceLength));
        return wrapped;
    }

    /// <summary>The content, or null when the row was damaged, changed or exchanged, or wrapped by another master key.</summary>
    public byte[]? Unwrap(WrappedKind kind, string id, ReadOnlySpan<byte> wrapped)
    {
        return wrapped.Length < 1 + NonceLength + _aead.TagSize || wrapped[0] != Version
            ? null
            : _aead.Decrypt(_wrapping[kind], wrapped.Slice(1, NonceLength), Encoding.UTF8.GetBytes(id), wrapped[(1 + NonceLength)..]);
    }

    // RFC 5869: independent keys from one, each bound to its use.
    private static byte[] Derive(ReadOnlySpan<byte> key, string use, int length)
    {
        var derived = new byte[length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, derived, [], Encoding.UTF8.GetBytes($"koauth master key: {use}"));
        return derived;
    }
}

/// <summary>What is wrapped; the names are part of the key derivation and never change.</summary>
internal enum WrappedKind
{
    SigningKey = 1,
    SecretKey = 2,
    DataProtection = 3,
}
