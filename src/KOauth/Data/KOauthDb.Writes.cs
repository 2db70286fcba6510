using KOauth.Clients;
using KOauth.Keys;
using KOauth.Resources;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace KOauth.Data;

/// <summary>
/// How writes are made: a save takes the write gate by itself; several statements that belong together, and every
/// <c>ExecuteUpdate</c> and <c>ExecuteDelete</c>, stand between <see cref="BeginWriteAsync"/> and <see cref="Write.CommitAsync"/>.
/// A change of what servers keep in memory raises <see cref="StoreState.ConfigVersion"/> in its own transaction.
/// </summary>
internal abstract partial class KOauthDb
{
    private Write? _write;

    internal ConfigWatch Watch => watch;

    public async Task<Write> BeginWriteAsync(CancellationToken ct)
    {
        var pass = await gate.EnterAsync(ct);
        try
        {
            return _write = new Write(this, await Database.BeginTransactionAsync(ct), pass);
        }
        catch
        {
            pass.Dispose();
            throw;
        }
    }

    /// <summary>Who did what to what, saved with the change itself.</summary>
    public void AddAudit(string actor, string action, string target, string? changes, DateTimeOffset at) =>
        Audit.Add(new AuditRow { Actor = actor, Action = action, Target = target, Changes = changes, At = at });

    public override async Task<int> SaveChangesAsync(
        bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        var config = ChangesConfig();
        if (_write is not null)
        {
            if (config)
            {
                _write.ConfigChanged();
            }

            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        }

        if (!config)
        {
            using var pass = await gate.EnterAsync(cancellationToken);
            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        }

        await using var write = await BeginWriteAsync(cancellationToken);
        write.ConfigChanged();
        var saved = await base.SaveChangesAsync(acceptAllChangesOnSuccess: false, cancellationToken);
        await write.CommitAsync(cancellationToken);
        Accept(acceptAllChangesOnSuccess);
        return saved;
    }

    /// <summary>The key ring of Data Protection saves synchronously.</summary>
    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        var config = ChangesConfig();
        if (_write is not null)
        {
            if (config)
            {
                _write.ConfigChanged();
            }

            return base.SaveChanges(acceptAllChangesOnSuccess);
        }

        using var pass = gate.Enter();
        if (!config)
        {
            return base.SaveChanges(acceptAllChangesOnSuccess);
        }

        using var write = _write = new Write(this, Database.BeginTransaction(), pass);
        write.ConfigChanged();
        var saved = base.SaveChanges(acceptAllChangesOnSuccess: false);
        write.Commit();
        Accept(acceptAllChangesOnSuccess);
        return saved;
    }

    internal void WriteEnded() => _write = null;

    internal async Task<long> RaiseConfigVersionAsync(CancellationToken ct)
    {
        await Store.ExecuteUpdateAsync(s => s.SetProperty(r => r.ConfigVersion, r => r.ConfigVersion + 1), ct);
        return await Store.Select(s => s.ConfigVersion).SingleAsync(ct);
    }

    internal long RaiseConfigVersion()
    {
        Store.ExecuteUpdate(s => s.SetProperty(r => r.ConfigVersion, r => r.ConfigVersion + 1));
        return Store.Select(s => s.ConfigVersion).Single();
    }

    private void Accept(bool accept)
    {
        if (accept)
        {
            ChangeTracker.AcceptAllChanges();
        }
    }

    private bool ChangesConfig()
    {
        foreach (var entry in ChangeTracker.Entries()) // looks for changes, too
        {
            if (entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted
                && (entry.Entity is Client or Resource or SigningKey or SecretKey || IsEpoch(entry))
                && !IsOnlySeen(entry)
                && !IsNewcomer(entry))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Refresh tokens are made and read with the store's epoch.</summary>
    private static bool IsEpoch(EntityEntry entry) =>
        entry.Entity is StoreState && entry.Property(nameof(StoreState.Epoch)).IsModified;

    /// <summary>
    /// Nobody remembers that a client does not exist, so a new one spoils nothing that is remembered; apps that register themselves
    /// all day must not empty the caches each time.
    /// </summary>
    private static bool IsNewcomer(EntityEntry entry) => entry is { State: EntityState.Added, Entity: Client { IsSelfAsserted: true } };

    /// <summary>That a client was used says nothing that a cache must know; raising the version for it would empty them all day.</summary>
    private static bool IsOnlySeen(EntityEntry entry) =>
        entry is { State: EntityState.Modified, Entity: Client }
        && entry.Properties.All(p => !p.IsModified || p.Metadata.Name == nameof(Client.LastUsedAt));
}
