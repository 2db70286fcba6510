using System.Text.Json;
using KOauth.Data;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Keys;

/// <summary>What the database holds of keys, still wrapped.</summary>
internal sealed record StoredKeys(
    IReadOnlyList<SigningKey> Signing, IReadOnlyList<SecretKey> Secret, int StoreEpoch, byte[]? Fingerprint, bool HasDataProtectionKeys)
{
    /// <summary>A database that never had any key; only then may new ones be made.</summary>
    public bool NeverHadAny => Signing.Count == 0 && Secret.Count == 0 && Fingerprint is null && !HasDataProtectionKeys;

    public static async Task<StoredKeys> ReadAsync(KOauthDb db, CancellationToken ct)
    {
        var store = await db.Store.AsNoTracking().SingleAsync(ct);
        return new StoredKeys(
            await db.SigningKeys.AsNoTracking().OrderBy(k => k.Kid).ToListAsync(ct),
            await db.SecretKeys.AsNoTracking().OrderBy(k => k.Purpose).ThenBy(k => k.Number).ToListAsync(ct),
            store.Epoch,
            store.MasterKeyFingerprint,
            await db.DataProtectionKeys.AnyAsync(ct));
    }

    /// <summary>Whether the keys and the epoch are the same ones; most changes of configuration are of something else.</summary>
    public bool IsSameAs(StoredKeys other) =>
        StoreEpoch == other.StoreEpoch
        && Spelled(Signing).SequenceEqual(Spelled(other.Signing))
        && Spelled(Secret).SequenceEqual(Spelled(other.Secret));

    /// <summary>Whether the keys are wrapped with this one.</summary>
    public bool IsOf(MasterKey master) => Fingerprint.AsSpan().SequenceEqual(master.Fingerprint);

    /// <summary>Names what is missing of a store that has or had keys.</summary>
    public void RefuseIfHalf(string database)
    {
        var missing = SigningAlgorithms.All.Where(algorithm => Signing.All(k => k.Algorithm != algorithm || k.RevokedAt is not null))
            .Select(algorithm => $"the {algorithm} signing key")
            .Concat(Enum.GetValues<SecretKeyPurpose>().Where(purpose => Secret.All(k => k.Purpose != purpose))
                .Select(purpose => $"the secret key '{purpose}'"))
            .ToList();
        if (missing.Count > 0)
        {
            throw BrokenKeyStore.KeysLost(missing, database);
        }

        if (Fingerprint is null)
        {
            throw BrokenKeyStore.FingerprintLost(database);
        }
    }

    /// <summary>Opens every row, or says which is damaged or foreign.</summary>
    public KeySet Open(MasterKey master, string database)
    {
        RefuseIfHalf(database);
        return IsOf(master)
            ? KeySet.Open(Signing, Secret, StoreEpoch, master, database)
            : throw BrokenKeyStore.WrongKey(master, Fingerprint!, database);
    }

    private static byte[] Spelled<T>(IReadOnlyList<T> rows) => JsonSerializer.SerializeToUtf8Bytes(rows);
}
