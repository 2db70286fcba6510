using KOauth.Data;
using KOauth.Data.Sqlite;
using KOauth.Hosting;
using KOauth.Keys;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Admin.Database;

/// <summary>
/// Puts a backup in the place of the database. Everything is done to a copy beside it: brought to this schema, its keys opened or
/// replaced, its epoch raised. What then takes the place of the old database is finished; cut off before, nothing has happened.
/// </summary>
internal sealed class Restore(
    KOauthSettings settings, StoreSettings store, DataDirectoryLock held, Randomness randomness, Clock clock, ILoggerFactory loggers)
{
    public async Task<Restored> FromAsync(string file, RestoreWish wish, string actor, CancellationToken ct)
    {
        if (!File.Exists(file))
        {
            throw new CommandRefusedException($"There is no file {file}.");
        }

        DataDirectory.Prepare(store.DataDirectory);
        if (File.Exists(store.DatabaseFile))
        {
            FileOwner.RefuseStranger(store.DatabaseFile);
        }

        held.Take();
        var staging = Path.Combine(store.DataDirectory, "restoring");
        Remove(staging); // of one that was cut off
        DataDirectory.Prepare(staging);
        try
        {
            var copy = store with { DataDirectory = staging };
            SqliteBackup.Write(file, copy.DatabaseFile);
            var asOf = await PrepareAsync(copy, file, wish, actor, ct);
            var stamp = clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", System.Globalization.CultureInfo.InvariantCulture);
            return new Restored(asOf, SqliteFiles.Replace(copy.DatabaseFile, store.DatabaseFile, $"before-restore-{stamp}"));
        }
        finally
        {
            Remove(staging);
        }
    }

    /// <summary>The part that makes an old database safe, on one that is in its place already.</summary>
    public async Task FinishAsync(IDbContextFactory<KOauthDb> databases, RestoreWish wish, int atLeast, string? from, string actor, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        if (wish.NewKeys)
        {
            await db.SigningKeys.ExecuteDeleteAsync(ct);
            await db.SecretKeys.ExecuteDeleteAsync(ct);
            await db.DataProtectionKeys.ExecuteDeleteAsync(ct);
            await db.Store.ExecuteUpdateAsync(s => s.SetProperty(r => r.MasterKeyFingerprint, (byte[]?)null), ct);
            write.ConfigChanged();
        }

        if (!wish.KeepConnections)
        {
            await StoreEpoch.RaiseAsync(db, write, atLeast, now, ct);
        }

        db.AddAudit(actor, "store.restored", "store", FactChange.ToJson(FactChange.AllNew([
            new("from", "", from),
            new("keptConnections", "", wish.KeepConnections),
            new("newKeys", "", wish.NewKeys),
        ])), now);
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
    }

    private async Task<DateTimeOffset> PrepareAsync(StoreSettings copy, string file, RestoreWish wish, string actor, CancellationToken ct)
    {
        var databases = new Databases(copy, new WriteGate(), new ConfigWatch(), loggers);
        var schema = new SqliteSchema(copy, databases, loggers.CreateLogger<SqliteSchema>());
        if (schema.Look().Applied.Count == 0)
        {
            throw new CommandRefusedException($"The file {file} is a database, but none of KOauth. Nothing was changed.");
        }

        if (SqliteFiles.Fault(copy.DatabaseFile) is { } fault)
        {
            throw new CommandRefusedException($"The file {file} {fault}. Nothing was changed.");
        }

        await schema.MigrateAsync(ct);
        DateTimeOffset asOf;
        await using (var db = databases.CreateDbContext())
        {
            asOf = await db.Store.Select(s => s.HighWater).SingleAsync(ct);
            if (asOf == DateTimeOffset.UnixEpoch)
            {
                asOf = File.GetLastWriteTimeUtc(file); // no server ever ran on it
            }
        }

        await FinishAsync(databases, wish, SqliteFiles.EpochOf(store.DatabaseFile), Path.GetFileName(file), actor, ct);
        try
        {
            // Opens every key, or makes new ones where there are none.
            await new KeyRing(databases, settings with { DataDirectory = copy.DataDirectory }, randomness, clock, loggers.CreateLogger<KeyRing>()).LoadAsync(ct);
        }
        catch (StartRefusedException wrong)
        {
            throw new CommandRefusedException(
                $"{wrong.Message.Replace(copy.DatabaseFile, file, StringComparison.Ordinal)} If that key is lost for good, new keys can take the place of those in the backup: add --new-keys");
        }

        return asOf;
    }

    private static void Remove(string staging)
    {
        SqliteFiles.Forget(new StoreSettings { DataDirectory = staging }.DatabaseFile);
        if (Directory.Exists(staging))
        {
            Directory.Delete(staging, recursive: true);
        }
    }
}

/// <param name="KeepConnections">Leave refresh tokens and sessions alive.</param>
/// <param name="NewKeys">Replace all keys of the database.</param>
internal sealed record RestoreWish(bool KeepConnections, bool NewKeys);

/// <param name="AsOf">The last moment the backup knows.</param>
/// <param name="KeptAs">Where the database that was there is, or null when there was none.</param>
internal sealed record Restored(DateTimeOffset AsOf, string? KeptAs);
