using KOauth.Hosting;
using NSec.Cryptography;

namespace KOauth.Keys;

/// <summary>The keys of the store, opened: an immutable picture that is exchanged whole when the store changes.</summary>
internal sealed class KeySet
{
    private readonly OpenSigningKey[] _signing;

    private KeySet(OpenSigningKey[] signing, NumberedKeys<byte[]> refreshTokens, NumberedKeys<Key> seals, byte[] tag, int storeEpoch)
    {
        _signing = signing;
        RefreshTokens = refreshTokens;
        Seals = seals;
        Tag = tag;
        StoreEpoch = storeEpoch;
    }

    /// <summary>Newest first, without revoked ones: nothing signs with those and nobody believes them.</summary>
    public IReadOnlyList<OpenSigningKey> Signing => _signing;

    public NumberedKeys<byte[]> RefreshTokens { get; }

    public NumberedKeys<Key> Seals { get; }

    public byte[] Tag { get; }

    /// <summary>The epoch of the store, authenticated by every refresh token.</summary>
    public int StoreEpoch { get; }

    /// <summary>Opens every row; there is one of each kind.</summary>
    /// <exception cref="StartRefusedException">A row cannot be opened.</exception>
    public static KeySet Open(
        IReadOnlyList<SigningKey> signingKeys, IReadOnlyList<SecretKey> secretKeys, int storeEpoch, MasterKey master, string database)
    {
        var signing = signingKeys.Where(k => k.RevokedAt is null).OrderByDescending(k => k.ActiveFrom)
            .Select(row => OpenSigningKey.Open(row, master) ?? throw BrokenKeyStore.RowDamaged($"signing key {row.Kid}", database))
            .ToArray();
        return new KeySet(
            signing,
            Secrets(SecretKeyPurpose.RefreshToken, bytes => bytes),
            Secrets(SecretKeyPurpose.Seal, bytes => Key.Import(AeadAlgorithm.XChaCha20Poly1305, bytes, KeyBlobFormat.RawSymmetricKey)),
            Secrets(SecretKeyPurpose.Tag, bytes => bytes).Current,
            storeEpoch);

        NumberedKeys<T> Secrets<T>(SecretKeyPurpose purpose, Func<byte[], T> import)
            where T : class => new(secretKeys.Where(k => k.Purpose == purpose).ToDictionary(
                row => (byte)row.Number,
                row => row.Number is > 0 and <= byte.MaxValue && row.Unwrap(master) is { } key
                    ? import(key)
                    : throw BrokenKeyStore.RowDamaged($"secret key '{purpose}' {row.Number}", database)));
    }

    /// <summary>The key that signs now.</summary>
    public OpenSigningKey SignerFor(string algorithm, DateTimeOffset now)
    {
        OpenSigningKey? earliest = null;
        foreach (var key in _signing)
        {
            if (key.Algorithm != algorithm || key.RetiredAt <= now)
            {
                continue;
            }

            if (key.ActiveFrom <= now)
            {
                return key;
            }

            // Another node whose clock is ahead made the first keys a moment ago: better early than not at all.
            earliest = key;
        }

        return earliest ?? throw new InvalidOperationException($"There is no {algorithm} key that may sign.");
    }
}

/// <summary>Secret keys of one purpose by the number that tokens carry; the highest number is used for new ones.</summary>
internal sealed class NumberedKeys<T>(Dictionary<byte, T> keys)
    where T : class
{
    public byte CurrentNumber { get; } = keys.Keys.Max();

    public T Current { get; } = keys[keys.Keys.Max()];

    public T? Find(byte number) => keys.GetValueOrDefault(number);
}
