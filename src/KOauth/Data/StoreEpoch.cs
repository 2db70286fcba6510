using Microsoft.EntityFrameworkCore;

namespace KOauth.Data;

/// <summary>
/// What makes an old database safe: everything that was handed out on the strength of its rows, and may have been used since, is
/// worth nothing any more. Refresh tokens, codes and API keys carry the epoch; sessions, pending links and registration tokens are deleted.
/// </summary>
internal static class StoreEpoch
{
    private static readonly DateTimeOffset _zero = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>To be called within a write, which commits it.</summary>
    /// <param name="db">The database.</param>
    /// <param name="write">The transaction.</param>
    /// <param name="atLeast">The epoch of another database that served these people until now.</param>
    /// <param name="now">The time.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task RaiseAsync(KOauthDb db, Write write, int atLeast, DateTimeOffset now, CancellationToken ct)
    {
        // One more would do, if an earlier restore of the same backup had not had that number already: minutes never come twice.
        var present = await db.Store.Select(s => s.Epoch).SingleAsync(ct);
        var next = Math.Max(Math.Max(present, atLeast) + 1, (int)(now - _zero).TotalMinutes);
        await db.Store.ExecuteUpdateAsync(
            s => s.SetProperty(r => r.Epoch, next).SetProperty(r => r.HighWater, r => r.HighWater > now ? r.HighWater : now), ct);
        write.ConfigChanged();
        await db.Sessions.ExecuteDeleteAsync(ct);
        await db.SessionClients.ExecuteDeleteAsync(ct);
        await db.SetupLinks.ExecuteDeleteAsync(ct);
        await db.AccountLinks.ExecuteDeleteAsync(ct);
        await db.DeviceCodes.ExecuteDeleteAsync(ct);
        await db.RegistrationTokens.ExecuteDeleteAsync(ct); // their uses would be counted anew
    }
}
