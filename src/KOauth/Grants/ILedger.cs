using KOauth.Protocol;

namespace KOauth.Grants;

/// <summary>
/// The hot store of grants: a handful of prepared statements, one implementation a database engine. Everything about a request
/// has been checked before it is called; its one conditional statement decides races, and when no row is affected the reason is
/// read in the same transaction. A task that ends well means the change is durable. When the queue is full or the commit fails
/// the answer is <see cref="Reasons.Busy"/>.
/// </summary>
internal interface ILedger
{
    /// <summary>
    /// Turns a code into its grant. Refusals: <see cref="Reasons.CodeUsed"/> (and the grant ends, unless the replay comes within
    /// 10 s from the source that redeemed it), <see cref="Reasons.GrantEnded"/> (also for a disabled account),
    /// <see cref="Reasons.ClientInactive"/>, <see cref="Reasons.Busy"/>.
    /// </summary>
    Task<Outcome<Grant>> RedeemAsync(Grant grant, CancellationToken ct);

    /// <summary>The grant as it is, with whether its epochs still hold; null if there is none. Expiry is not looked at.</summary>
    Task<GrantRecord?> FindAsync(Guid id, CancellationToken ct);

    /// <summary>The epoch of the tie between a person and a client (see <see cref="Link"/>); 0 while nothing was disconnected.</summary>
    Task<int> FindLinkEpochAsync(Guid userId, int clientKey, CancellationToken ct);

    /// <summary>
    /// Answers the presented generation by the rules of <c>Rotation</c>: the next generation, or the current one again.
    /// Refusals: the <c>refresh_*</c> reasons (a reused token ends the grant), <see cref="Reasons.ClientInactive"/> and
    /// <see cref="Reasons.Busy"/>.
    /// </summary>
    Task<Outcome<Rotated>> RotateAsync(Guid id, int presented, long source, CancellationToken ct);

    /// <summary>
    /// Ends a grant, with an audit row. False when it had ended or never was. Throws <see cref="Data.StoreBusyException"/> when the
    /// write was not taken.
    /// </summary>
    Task<bool> EndAsync(Guid id, string reason, string actor, CancellationToken ct);
}

/// <summary>A grant as read, and whether user, client, link and store still stand behind it.</summary>
internal sealed record GrantRecord(Grant Grant, bool IsAlive, bool IsClientActive);

/// <summary>The generation to answer with. <see cref="Again"/>: a superseded token was presented and the current leaf is answered.</summary>
internal sealed record Rotated(Grant Grant, int Generation, bool Again);
