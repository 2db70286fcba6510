using KOauth.Grants;
using KOauth.Protocol;

namespace KOauth.Data.Sqlite;

/// <summary>One request on its way through the ledger's writer.</summary>
internal abstract class LedgerTurn
{
    /// <summary>Whether whoever asked has gone; then it is not begun.</summary>
    public abstract bool IsAborted { get; }

    /// <summary>In the writer's transaction. Cannot fail alone: what it finds out is its result.</summary>
    public abstract void Decide(LedgerStatements statements, DateTimeOffset now);

    /// <summary>After the commit.</summary>
    public abstract void Answer();

    /// <summary>Nothing was written.</summary>
    public abstract void AnswerBusy();

    public abstract void AnswerAborted();
}

internal abstract class LedgerTurn<T>(CancellationToken ct) : LedgerTurn
{
    // The writer goes on with the next batch at once; whoever waits goes on elsewhere.
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Answered => _answer.Task;

    public override bool IsAborted => ct.IsCancellationRequested;

    protected T Decided { get; set; } = default!;

    public override void Answer() => _answer.SetResult(Decided);

    public override void AnswerAborted() => _answer.SetCanceled(ct);

    protected void Answer(T answer) => _answer.SetResult(answer);

    protected void Fail(Exception broken) => _answer.SetException(broken);
}

internal sealed class RedeemTurn(Grant grant, CancellationToken ct) : LedgerTurn<Outcome<Grant>>(ct)
{
    public override void Decide(LedgerStatements statements, DateTimeOffset now) => Decided = statements.Redeem(grant, now);

    public override void AnswerBusy() => Answer(Reasons.Busy);
}

internal sealed class RotateTurn(Guid id, int presented, long source, CancellationToken ct) : LedgerTurn<Outcome<Rotated>>(ct)
{
    public override void Decide(LedgerStatements statements, DateTimeOffset now) =>
        Decided = statements.Rotate(id, presented, source, now);

    public override void AnswerBusy() => Answer(Reasons.Busy);
}

internal sealed class EndTurn(Guid id, string reason, string actor, CancellationToken ct) : LedgerTurn<bool>(ct)
{
    public override void Decide(LedgerStatements statements, DateTimeOffset now) => Decided = statements.End(id, reason, actor, now);

    public override void AnswerBusy() => Fail(new StoreBusyException());
}
