using KOauth.Data;
using KOauth.Hosting;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Keys;

/// <summary>
/// The keys of the store, opened with the master key. For a database that never had any it makes them; in every other case it
/// takes what is there whole or stops the start (<see cref="BrokenKeyStore"/>). Readers take <see cref="Keys"/> anew for each
/// use: the picture is exchanged while the server runs (<see cref="KeyReload"/>).
/// </summary>
internal sealed partial class KeyRing(
    IDbContextFactory<KOauthDb> databases,
    KOauthSettings settings,
    Randomness randomness,
    TimeProvider clock,
    ILogger<KeyRing> logger)
{
    private volatile Loaded? _loaded;

    /// <summary>Whether anything can be signed or sealed yet.</summary>
    public bool IsLoaded => _loaded is not null;

    public KeySet Keys => Current.Keys;

    /// <summary>The store's epoch as of a second ago at most; the ledger's statements compare with the row itself.</summary>
    public int StoreEpoch => Keys.StoreEpoch;

    /// <summary>For whatever else wraps keys.</summary>
    public MasterKey Master => Current.Master;

    private Loaded Current => _loaded ?? throw new InvalidOperationException("The keys are asked for before they are loaded.");

    // A connection string may hold a password.
    private string DatabaseName => settings.Database == "sqlite" ? settings.DatabaseFile : "the database";

    /// <summary>To be awaited after the migrations and before anything that signs, seals or reads a cookie.</summary>
    /// <exception cref="StartRefusedException">Master key and database do not belong together, or one of them is not whole.</exception>
    public async Task LoadAsync(CancellationToken ct)
    {
        var stored = await ReadAsync(ct);
        if (stored.NeverHadAny)
        {
            stored = await GenerateAsync(ct);
        }

        // Lost keys are named before a lost file: putting the file back would not help.
        stored.RefuseIfHalf(DatabaseName);
        var master = FindMaster() ?? throw BrokenKeyStore.FileMissing(settings.MasterKeyFile);
        if (FindNext(stored, master) is { } next)
        {
            MasterKeyFile.Promote(settings.MasterKeyFile, next);
            LogPromoted(settings.MasterKeyFile, MasterKeyFile.Old(settings.MasterKeyFile, master));
            master = next;
        }

        Use(stored, master);
        if (settings.MasterKey is null && MasterKeyFile.IsOpenToOthers(settings.MasterKeyFile))
        {
            LogOpenToOthers(settings.MasterKeyFile);
        }
    }

    /// <summary>Takes up changed keys. When they cannot be opened the present ones stay in use.</summary>
    public async Task ReloadAsync(CancellationToken ct)
    {
        var (current, stored) = (Current, await ReadAsync(ct));
        if (!stored.IsSameAs(current.Stored))
        {
            var master = stored.IsOf(current.Master) ? current.Master : FindMaster() ?? current.Master;
            Use(stored, FindNext(stored, master) ?? master);
            LogTakenUp(stored.Signing.Count, stored.Secret.Count);
        }
    }

    /// <summary>Opens what the store holds and exchanges the picture.</summary>
    public void Use(StoredKeys stored, MasterKey master) => _loaded = new Loaded(stored, stored.Open(master, DatabaseName), master);

    private async Task<StoredKeys> ReadAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await StoredKeys.ReadAsync(db, ct);
    }

    /// <summary>
    /// Makes and saves the first keys, and reads what is saved. The file of the master key comes first: a file without keys is
    /// taken up by the next start, keys without the file would be lost.
    /// </summary>
    private async Task<StoredKeys> GenerateAsync(CancellationToken ct)
    {
        var master = FindMaster() ?? MasterKeyFile.Create(settings.MasterKeyFile, randomness);
        var make = new NewKeys(master, randomness, clock.GetUtcNow());
        await using (var db = await databases.CreateDbContextAsync(ct))
        {
            db.SigningKeys.AddRange(SigningAlgorithms.All.Select(make.Signing));
            db.SecretKeys.AddRange(Enum.GetValues<SecretKeyPurpose>().Select(purpose => make.Secret(purpose, number: 1)));
            (await db.Store.SingleAsync(ct)).MasterKeyFingerprint = master.Fingerprint;
            try
            {
                await db.SaveChangesAsync(ct);
                LogMade(master.Origin);
            }
            catch (DbUpdateException)
            {
                // Another node was faster, and its keys are the ones; or the database cannot be written, and that is its fault to tell.
                if ((await ReadAsync(ct)).NeverHadAny)
                {
                    throw;
                }
            }
        }

        return await ReadAsync(ct);
    }

    private MasterKey? FindMaster() => settings.MasterKey is { } bytes
        ? new MasterKey(bytes, "in KOAUTH_MASTER_KEY")
        : MasterKeyFile.Read(settings.MasterKeyFile);

    /// <summary>The master key that a change was about to put in place of <paramref name="master"/>, if the database is wrapped with it already.</summary>
    private MasterKey? FindNext(StoredKeys stored, MasterKey master) =>
        settings.MasterKey is null && !stored.IsOf(master) && MasterKeyFile.Read(MasterKeyFile.Next(settings.MasterKeyFile)) is { } next && stored.IsOf(next)
            ? next
            : null;

    private sealed record Loaded(StoredKeys Stored, KeySet Keys, MasterKey Master);

    [LoggerMessage(LogLevel.Information, "Made the keys of this database; the master key is {Origin}. Keep a copy of it apart from backups of the database: neither is worth anything without the other")]
    private partial void LogMade(string origin);

    [LoggerMessage(LogLevel.Warning, "Finished a change of the master key that was cut off: the new one is in {Path}, the old one in {Old}. Make a copy of the new one")]
    private partial void LogPromoted(string path, string old);

    [LoggerMessage(LogLevel.Information, "Took up changed keys: {Signing} signing keys, {Secret} secret keys")]
    private partial void LogTakenUp(int signing, int secret);

    [LoggerMessage(LogLevel.Warning, "Other users of this machine can read or replace the master key {Path}. Close it with: chmod 600 {Path}")]
    private partial void LogOpenToOthers(string path);
}
