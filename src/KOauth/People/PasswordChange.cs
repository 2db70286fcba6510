using KOauth.Data;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.People;

/// <summary>
/// A person's own change of the password. The old one is asked for through the one check that sign-in uses, so that guesses here count
/// as guesses there (LS-05). Every session ends; the browser that asks gets a new one. Connections and keys end if the person says so:
/// most passwords are changed without anything stolen, and each app would have to be connected anew.
/// </summary>
internal sealed class PasswordChange(
    IDbContextFactory<KOauthDb> databases, SignIn signIn, Argon2idHasher hasher, HashQueue queue, Sessions sessions,
    Randomness randomness, TimeProvider clock)
{
    public async Task<Refusal?> ChangeAsync(HttpContext http, SignedIn person, string? old, string? password, bool endsConnections, CancellationToken ct)
    {
        if (PasswordPolicy.Fault(password ?? "", person.Email) is { } fault)
        {
            return new Refusal(fault);
        }

        if (!(await signIn.CheckAsync(person.Email, old, http, ct)).Ok(out var user, out var refusal))
        {
            return refusal;
        }

        using var place = queue.TryTake();
        if (place is null)
        {
            return new Refusal(Reasons.SignInBusy) { RetryAfter = TimeSpan.FromSeconds(5) };
        }

        var hash = await place.RunAsync(() => hasher.Hash(password!), ct);
        if (await SaveAsync(user, hash, endsConnections, ct) is not { } changed)
        {
            return new Refusal(Reasons.SignInFailed); // somebody else changed the password meanwhile
        }

        sessions.Forget();
        await sessions.StartAsync(http, changed, ct);
        return null;
    }

    private async Task<User?> SaveAsync(User checkedUser, string hash, bool endsConnections, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        var user = await db.Users.SingleOrDefaultAsync(u => u.Id == checkedUser.Id, ct);
        if (user is null || user.IsDisabled || user.Epoch != checkedUser.Epoch || user.SecurityStamp != checkedUser.SecurityStamp)
        {
            return null;
        }

        user.PasswordHash = hash;
        user.SecurityStamp = randomness.Text(16);
        if (endsConnections)
        {
            user.Epoch++;
        }

        await db.Sessions.Where(s => s.UserId == user.Id).ExecuteDeleteAsync(ct);
        await db.AccountLinks.Where(l => l.UserId == user.Id).ExecuteDeleteAsync(ct); // a reset link in somebody's mail
        db.AddAudit($"user:{user.Id}", "user.password_changed", $"user:{user.Id}", endsConnections ? """{"connections":"ended"}""" : null, clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        return user;
    }
}
