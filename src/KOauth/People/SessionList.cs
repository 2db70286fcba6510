using KOauth.Data;
using Microsoft.EntityFrameworkCore;

namespace KOauth.People;

/// <summary>Where a person is signed in, and how they sign other browsers out.</summary>
internal sealed class SessionList(IDbContextFactory<KOauthDb> databases, Sessions sessions, TimeProvider clock)
{
    private const int Most = 200;

    /// <summary>The browser that asks first, then the one seen last.</summary>
    public async Task<IReadOnlyList<OpenSession>> ListAsync(HttpContext http, SignedIn person, CancellationToken ct)
    {
        var own = Sessions.KeyOf(sessions.HashOf(http));
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await OpenOf(db, person).OrderByDescending(s => s.LastSeenAt).Take(Most).ToListAsync(ct);
        return
        [
            .. rows.Select(s => new OpenSession(s.Sid, Sessions.KeyOf(s.Hash) == own, s.AuthenticatedAt, s.LastSeenAt, s.Address, s.UserAgent))
                .OrderByDescending(s => s.IsThisBrowser),
        ];
    }

    /// <summary>Signs one browser of the person out.</summary>
    public Task EndAsync(SignedIn person, long sid, CancellationToken ct) =>
        EndAsync(person, sessionsOf => sessionsOf.Where(s => s.Sid == sid), ct);

    /// <summary>Signs every browser of the person out but the one that asks.</summary>
    public Task EndOthersAsync(HttpContext http, SignedIn person, CancellationToken ct)
    {
        var own = sessions.HashOf(http) ?? [];
        return EndAsync(person, sessionsOf => sessionsOf.Where(s => s.Hash != own), ct);
    }

    private async Task EndAsync(SignedIn person, Func<IQueryable<Session>, IQueryable<Session>> which, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        if (await which(db.Sessions.Where(s => s.UserId == person.UserId)).ExecuteDeleteAsync(ct) > 0)
        {
            db.AddAudit($"user:{person.UserId}", "sessions.ended", $"user:{person.UserId}", null, clock.GetUtcNow());
            await db.SaveChangesAsync(ct);
            await write.CommitAsync(ct);
            sessions.Forget();
        }
    }

    private IQueryable<Session> OpenOf(KOauthDb db, SignedIn person)
    {
        var now = clock.GetUtcNow();
        var idleSince = now - Sessions.Idle;
        return db.Sessions.AsNoTracking().Where(s => s.UserId == person.UserId
            && s.UserEpoch == person.UserEpoch && s.ExpiresAt > now && s.LastSeenAt > idleSince);
    }
}

/// <summary>A browser in which the person is signed in. <see cref="Sid"/> names it and opens nothing.</summary>
internal sealed record OpenSession(
    long Sid, bool IsThisBrowser, DateTimeOffset AuthenticatedAt, DateTimeOffset LastSeenAt, string? Address, string? UserAgent);
