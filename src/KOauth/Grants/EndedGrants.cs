using KOauth.Data;
using KOauth.Hosting;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Grants;

/// <summary>
/// The connections that ended while access tokens of them may still be valid. Those that were ended one by one have a row of their
/// own; what a person's epoch ended is asked of the grants, so that no way to end everything can forget to tell. Read at most every few
/// seconds, whoever and however many ask.
/// </summary>
internal sealed class EndedGrants(IDbContextFactory<KOauthDb> databases, KOauthSettings settings, TimeProvider clock) : IDisposable
{
    /// <summary>A reader takes no more at once; the newest first.</summary>
    public const int Most = 1000;

    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);

    /// <summary>By how much clocks may differ where tokens are checked.</summary>
    private static readonly TimeSpan _skew = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _reading = new(1);
    private volatile Copy? _copy;

    public async ValueTask<Copy> ReadAsync(CancellationToken ct)
    {
        if (IsFresh(_copy))
        {
            return _copy!;
        }

        await _reading.WaitAsync(ct);
        try
        {
            return IsFresh(_copy) ? _copy! : _copy = await ReadAnewAsync(ct);
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private bool IsFresh(Copy? copy) => copy is not null && clock.GetUtcNow() - copy.At < Fresh;

    private async Task<Copy> ReadAnewAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var earliest = now - settings.AccessTokenLifetime - _skew;
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await db.EndedGrants.AsNoTracking().Where(e => e.EndedAt > earliest).OrderByDescending(e => e.EndedAt).Take(Most).ToListAsync(ct);
        var byEpoch = await (
            from user in db.Users
            where user.IsDisabled || user.Epoch > 0
            join grant in db.Grants on user.Id equals grant.UserId
            where (user.IsDisabled || grant.UserEpoch != user.Epoch) && grant.EndedAt == null && grant.LastUsedAt > earliest
            orderby grant.LastUsedAt descending
            select grant.Id).Take(Most).ToListAsync(ct);
        return new Copy(now, rows.ConvertAll(e => (e.GrantId, e.EndedAt)), byEpoch);
    }

    /// <param name="At">When it was read.</param>
    /// <param name="Rows">Ended one by one.</param>
    /// <param name="ByEpoch">Ended with everything of a person; when is not known.</param>
    internal sealed record Copy(DateTimeOffset At, IReadOnlyList<(Guid Id, DateTimeOffset At)> Rows, IReadOnlyList<Guid> ByEpoch)
    {
        public IEnumerable<Guid> Since(DateTimeOffset since) => Rows.Where(r => r.At >= since).Select(r => r.Id).Concat(ByEpoch).Distinct();
    }
}
