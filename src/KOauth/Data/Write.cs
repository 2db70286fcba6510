using Microsoft.EntityFrameworkCore.Storage;

namespace KOauth.Data;

/// <summary>
/// A transaction that holds the write gate. Between its beginning and its end await nothing but the database: everybody else's
/// writes wait, the ledger's too, and a write that waits for the ledger waits for ever.
/// </summary>
internal sealed class Write(KOauthDb db, IDbContextTransaction transaction, WriteGate.Pass pass) : IAsyncDisposable, IDisposable
{
    private bool _configChanged;

    /// <summary>
    /// Servers drop what they remember of clients, resources and keys. Saves say this by themselves; say it after an
    /// <c>ExecuteUpdate</c> or <c>ExecuteDelete</c> of those.
    /// </summary>
    public void ConfigChanged() => _configChanged = true;

    public async Task CommitAsync(CancellationToken ct)
    {
        var version = _configChanged ? await db.RaiseConfigVersionAsync(ct) : (long?)null;
        await transaction.CommitAsync(ct);
        Committed(version);
    }

    public void Commit()
    {
        var version = _configChanged ? db.RaiseConfigVersion() : (long?)null;
        transaction.Commit();
        Committed(version);
    }

    public async ValueTask DisposeAsync()
    {
        db.WriteEnded();
        await transaction.DisposeAsync();
        pass.Dispose();
    }

    public void Dispose()
    {
        db.WriteEnded();
        transaction.Dispose();
        pass.Dispose();
    }

    private void Committed(long? version)
    {
        pass.Dispose(); // whoever listens to the change may write
        if (version is { } raised)
        {
            db.Watch.Saw(raised);
        }
    }
}
