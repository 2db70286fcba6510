using KOauth.Grants;
using KOauth.Protocol;

namespace KOauth.Data.Sqlite;

/// <summary>The ledger on SQLite: one thread writes (<see cref="LedgerWriter"/>), a few connections read.</summary>
internal sealed partial class SqliteLedger(
    StoreSettings settings, WriteGate gate, TimeProvider clock, Warnings warnings, ILogger<SqliteLedger> logger,
    IHostApplicationLifetime? lifetime = null) : ILedger, IDisposable
{
    private readonly LedgerWriter _writer = new(settings, gate, clock, lifetime, logger);
    private readonly SqliteReaders _readers = new(settings);

    public Task<Outcome<Grant>> RedeemAsync(Grant grant, CancellationToken ct)
    {
        var turn = new RedeemTurn(grant, ct);
        _writer.Add(turn);
        return turn.Answered;
    }

    public Task<GrantRecord?> FindAsync(Guid id, CancellationToken ct) => Task.FromResult(_readers.Find(id));

    public Task<int> FindLinkEpochAsync(Guid userId, int clientKey, CancellationToken ct) =>
        Task.FromResult(_readers.FindLinkEpoch(userId, clientKey));

    public async Task<Outcome<Rotated>> RotateAsync(Guid id, int presented, long source, CancellationToken ct)
    {
        var turn = new RotateTurn(id, presented, source, ct);
        _writer.Add(turn);
        var rotated = await turn.Answered;
        if (!rotated.Ok(out _, out var refusal) && refusal.Reason == Reasons.RefreshFromTheFuture)
        {
            const string Sentence = "A refresh token is newer than the database, which was restored from a backup; finish that with: koauth restore --finish";
            if (warnings.Raise(Warnings.RestoredFromBackup, Sentence))
            {
                LogRestored(Sentence);
            }
        }

        return rotated;
    }

    public Task<bool> EndAsync(Guid id, string reason, string actor, CancellationToken ct)
    {
        var turn = new EndTurn(id, reason, actor, ct);
        _writer.Add(turn);
        return turn.Answered;
    }

    public void Dispose()
    {
        _writer.Dispose();
        _readers.Dispose();
    }

    [LoggerMessage(LogLevel.Warning, "restored_from_backup: {Sentence}")]
    private partial void LogRestored(string sentence);
}
