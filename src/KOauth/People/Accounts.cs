using KOauth.Data;
using KOauth.Protocol;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace KOauth.People;

/// <summary>
/// Makes and changes accounts, for page, command and endpoint alike. Every change is one transaction with its audit row; what
/// ends somebody's access raises the person's epoch, which ends every session, code and grant in the same moment.
/// </summary>
internal sealed class Accounts(
    IDbContextFactory<KOauthDb> databases,
    Argon2idHasher hasher,
    HashQueue queue,
    ILookupNormalizer normalizer,
    Sessions sessions,
    Randomness randomness,
    TimeProvider clock)
{
    public async Task<User?> FindAsync(string email, CancellationToken ct)
    {
        if (EmailAddress.Normalize(email) is not { } address)
        {
            return null;
        }

        var normal = normalizer.NormalizeName(address);
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.NormalizedUserName == normal, ct);
    }

    /// <summary>The first thousand by address, and how many there are.</summary>
    public async Task<(IReadOnlyList<User> Users, int Total)> ListAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var users = await db.Users.AsNoTracking().OrderBy(u => u.NormalizedUserName).Take(1000).ToListAsync(ct);
        return (users, users.Count < 1000 ? users.Count : await db.Users.CountAsync(ct));
    }

    public async Task<Outcome<User>> CreateAsync(string email, string password, bool isAdmin, string actor, CancellationToken ct)
    {
        if (!(await PrepareAsync(email, password, isAdmin, ct)).Ok(out var user, out var refusal))
        {
            return refusal;
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        if (!await TryAddAsync(db, user, actor, ct))
        {
            return new Refusal(Reasons.EmailTaken) { Received = user.Email };
        }

        await write.CommitAsync(ct);
        return user;
    }

    /// <summary>A new account, checked and hashed but not saved, so that no transaction waits for the hash.</summary>
    public async Task<Outcome<User>> PrepareAsync(string email, string password, bool isAdmin, CancellationToken ct)
    {
        if (EmailAddress.Normalize(email) is not { } address)
        {
            return new Refusal(Reasons.EmailInvalid) { Expected = "an address such as ada@example.com" };
        }

        if (PasswordPolicy.Fault(password, address) is { } fault)
        {
            return fault;
        }

        using var place = queue.TryTake();
        if (place is null)
        {
            return new Refusal(Reasons.SignInBusy) { RetryAfter = TimeSpan.FromSeconds(5) };
        }

        return new User
        {
            Id = randomness.Id(),
            UserName = address,
            NormalizedUserName = normalizer.NormalizeName(address),
            Email = address,
            NormalizedEmail = normalizer.NormalizeEmail(address),
            PasswordHash = await place.RunAsync(() => hasher.Hash(password), ct),
            SecurityStamp = randomness.Text(16),
            IsAdmin = isAdmin,
            CreatedAt = clock.GetUtcNow(),
        };
    }

    /// <summary>Adds the account within the caller's write; false when the address has one.</summary>
    public async Task<bool> TryAddAsync(KOauthDb db, User user, string actor, CancellationToken ct)
    {
        if (await db.Users.AnyAsync(u => u.NormalizedUserName == user.NormalizedUserName, ct))
        {
            return false;
        }

        db.Users.Add(user);
        db.AddAudit(actor, "user.created", Target(user), user.IsAdmin ? """{"admin":true}""" : null, clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        return true;
    }

    /// <summary>
    /// Changes what is named and differs. Disabling ends all access of the person; the last administrator who can sign in stays.
    /// </summary>
    public async Task<Outcome<User>> UpdateAsync(Guid id, bool? isAdmin, bool? isActive, string actor, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        if (await db.Users.SingleOrDefaultAsync(u => u.Id == id, ct) is not { } user)
        {
            return Reasons.UserUnknown;
        }

        var couldAdminister = user is { IsAdmin: true, IsDisabled: false };
        if (isAdmin is { } admin && admin != user.IsAdmin)
        {
            user.IsAdmin = admin;
            db.AddAudit(actor, admin ? "user.admin_granted" : "user.admin_revoked", Target(user), null, clock.GetUtcNow());
        }

        if (isActive is { } active && active == user.IsDisabled)
        {
            if (active)
            {
                user.Enable();
            }
            else
            {
                user.Disable();
            }

            db.AddAudit(actor, active ? "user.enabled" : "user.disabled", Target(user), null, clock.GetUtcNow());
        }

        // Asked inside the write, so that two administrators cannot remove each other at once (AD-13).
        if (couldAdminister
            && user is not { IsAdmin: true, IsDisabled: false }
            && !await db.Users.AnyAsync(u => u.Id != id && u.IsAdmin && !u.IsDisabled, ct))
        {
            return Reasons.LastAdministrator;
        }

        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        sessions.Forget();
        return user;
    }

    private static string Target(User user) => $"user:{user.Id}";
}
