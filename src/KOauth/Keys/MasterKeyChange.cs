using System.Xml.Linq;
using KOauth.Data;
using KOauth.Hosting;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Keys;

/// <summary>
/// Puts a new master key in the place of the old one. The new key lies in a file, on the disk, before anything is wrapped with it;
/// everything is wrapped anew in one transaction; the old key is thrown away by nobody. Whenever it is cut off, one of the files
/// that are there opens the database, and the next start finds it (<see cref="MasterKeyFile.Next"/>).
/// </summary>
internal sealed class MasterKeyChange(
    IDbContextFactory<KOauthDb> databases, KeyRing ring, KOauthSettings settings, Randomness randomness, TimeProvider clock)
{
    /// <summary>Replaces the file of the settings; a running server follows. The answer is where the old key is kept.</summary>
    public async Task<string> InPlaceAsync(string actor, CancellationToken ct)
    {
        var file = settings.MasterKeyFile;
        if (settings.MasterKey is not null)
        {
            throw new CommandRefusedException(
                "The master key is in KOAUTH_MASTER_KEY, which a command cannot change. Name a file for the new one, with the server stopped: koauth keys rewrap --new-master-key-file FILE");
        }

        if (new FileInfo(file).LinkTarget is not null)
        {
            throw new CommandRefusedException(
                $"The master key {file} is a link, as mounted secrets are, and is not replaced. Name a file for the new one, with the server stopped: koauth keys rewrap --new-master-key-file FILE");
        }

        var (old, path) = (ring.Master, MasterKeyFile.Next(file));
        var next = MasterKeyFile.Read(path) ?? MasterKeyFile.Create(path, randomness);
        await WrapAllAsync(next, actor, ct);
        MasterKeyFile.Promote(file, next);
        return MasterKeyFile.Old(file, old);
    }

    /// <summary>The new key is in a file of the operator's, or is made there; the settings must name it afterwards.</summary>
    public async Task ToFileAsync(string file, string actor, CancellationToken ct)
    {
        var master = MasterKeyFile.Read(file) ?? MasterKeyFile.Create(file, randomness);
        if (master.Fingerprint.AsSpan().SequenceEqual(ring.Master.Fingerprint))
        {
            throw new CommandRefusedException($"The file {file} holds the present master key. Name another file, or one that does not exist yet.");
        }

        await WrapAllAsync(master, actor, ct);
    }

    private async Task WrapAllAsync(MasterKey master, string actor, CancellationToken ct)
    {
        var old = ring.Master;
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        var store = await db.Store.SingleAsync(ct);
        if (!store.MasterKeyFingerprint.AsSpan().SequenceEqual(old.Fingerprint))
        {
            throw new CommandRefusedException("The master key was replaced meanwhile. Nothing was changed.");
        }

        foreach (var key in await db.SigningKeys.ToListAsync(ct))
        {
            key.WrappedPrivateKey = Again(WrappedKind.SigningKey, key.WrappingId, key.WrappedPrivateKey, $"signing key {key.Kid}");
        }

        foreach (var key in await db.SecretKeys.ToListAsync(ct))
        {
            key.Wrapped = Again(WrappedKind.SecretKey, key.WrappingId, key.Wrapped, $"secret key '{key.Purpose}' {key.Number}");
        }

        foreach (var key in await db.DataProtectionKeys.ToListAsync(ct))
        {
            key.Xml = AgainXml(XElement.Parse(key.Xml!), $"key of Data Protection {key.FriendlyName}");
        }

        store.MasterKeyFingerprint = master.Fingerprint;
        write.ConfigChanged();
        db.AddAudit(actor, "keys.rewrapped", "store", null, clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);

        byte[] Again(WrappedKind kind, string id, byte[] wrapped, string what) => old.Unwrap(kind, id, wrapped) is { } content
            ? master.Wrap(kind, id, content, randomness)
            : throw BrokenKeyStore.RowDamaged(what, settings.DatabaseFile);

        string AgainXml(XElement key, string what)
        {
            foreach (var wrapped in key.Descendants(DataProtectionWrap.Element))
            {
                wrapped.Value = Convert.ToBase64String(
                    Again(WrappedKind.DataProtection, DataProtectionWrap.Id, Convert.FromBase64String(wrapped.Value), what));
            }

            return key.ToString(SaveOptions.DisableFormatting);
        }
    }
}
