using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using KOauth.Data;
using KOauth.Hosting;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.People;

/// <summary>
/// Links that let a person choose a password: for an account they have, or for one they are invited to. A newer link replaces an
/// older one; opening it uses nothing up, because previews and scanners open links; one conditional update claims it, together with
/// what it is for. They are made from the configured issuer alone, never from what a request says the host is (EM-01).
/// </summary>
internal sealed class AccountLinks(
    IDbContextFactory<KOauthDb> databases,
    Accounts accounts,
    Argon2idHasher hasher,
    HashQueue queue,
    Sessions sessions,
    KOauthSettings settings,
    Randomness randomness,
    TimeProvider clock)
{
    public static readonly TimeSpan ResetLife = TimeSpan.FromHours(1);
    public static readonly TimeSpan InvitationLife = TimeSpan.FromHours(72);

    private const int TokenBytes = 32;

    /// <summary>A link with which the person sets a new password.</summary>
    public async Task<Outcome<string>> CreateResetAsync(string email, string actor, CancellationToken ct)
    {
        if (await accounts.FindAsync(email, ct) is not { } user)
        {
            return new Refusal(Reasons.UserUnknown) { Received = email, Fix = "koauth user list" };
        }

        if (user.IsDisabled)
        {
            return new Refusal(Reasons.UserDisabled) { Received = user.Email, Fix = $"koauth user enable {user.Email}" };
        }

        return await SaveAsync(new AccountLink { Hash = [], Purpose = AccountLinkPurpose.Reset, UserId = user.Id },
            ResetLife, "user.reset_link_created", $"user:{user.Id}", actor, ct);
    }

    /// <summary>A link with which somebody makes the account of that address; the address cannot be changed on the way.</summary>
    public async Task<Outcome<string>> CreateInvitationAsync(string email, string actor, CancellationToken ct)
    {
        if (EmailAddress.Normalize(email) is not { } address)
        {
            return new Refusal(Reasons.EmailInvalid) { Received = email, Expected = "an address such as ada@example.com" };
        }

        if (await accounts.FindAsync(address, ct) is { } taken)
        {
            return new Refusal(Reasons.EmailTaken) { Received = taken.Email, Fix = $"koauth user reset-link {taken.Email}" };
        }

        return await SaveAsync(new AccountLink { Hash = [], Purpose = AccountLinkPurpose.Invitation, Email = address },
            InvitationLife, "user.invited", $"invitation:{address}", actor, ct);
    }

    /// <summary>The address a link is for, or null when it is not ours, used, replaced, over, or of somebody who may not sign in.</summary>
    public async Task<string?> FindAsync(string? token, AccountLinkPurpose purpose, CancellationToken ct) =>
        await ReadAsync(token, purpose, ct) is { } found ? found.User?.Email ?? found.Link.Email : null;

    /// <summary>Sets the password. Whoever held the old one holds nothing any more: sessions, connections and API keys end.</summary>
    public async Task<Refusal?> ResetAsync(string? token, string password, CancellationToken ct)
    {
        if (await ReadAsync(token, AccountLinkPurpose.Reset, ct) is not { User: { } person, Link: var link })
        {
            return new Refusal(Reasons.AccountLinkInvalid);
        }

        if (PasswordPolicy.Fault(password, person.Email!) is { } fault)
        {
            return new Refusal(fault);
        }

        using var place = queue.TryTake();
        if (place is null)
        {
            return new Refusal(Reasons.SignInBusy) { RetryAfter = TimeSpan.FromSeconds(5) };
        }

        var hash = await place.RunAsync(() => hasher.Hash(password), ct);
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        if (!await ClaimAsync(db, link, ct) || await db.Users.SingleOrDefaultAsync(u => u.Id == person.Id && !u.IsDisabled, ct) is not { } user)
        {
            return new Refusal(Reasons.AccountLinkInvalid);
        }

        user.PasswordHash = hash;
        user.SecurityStamp = randomness.Text(16);
        user.Epoch++;
        db.AddAudit("reset-link", "user.password_reset", $"user:{user.Id}", null, clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        sessions.Forget();
        return null;
    }

    /// <summary>Makes the invited account. Of any number of parallel claims one wins; a claim that is refused uses nothing up.</summary>
    public async Task<Outcome<User>> AcceptAsync(string? token, string password, CancellationToken ct)
    {
        if (await ReadAsync(token, AccountLinkPurpose.Invitation, ct) is not { Link: var link })
        {
            return Reasons.AccountLinkInvalid;
        }

        if (!(await accounts.PrepareAsync(link.Email!, password, isAdmin: false, ct)).Ok(out var user, out var refusal))
        {
            return refusal;
        }

        user.EmailConfirmed = true; // only who reads the address's mail, or whom the administrator gave it, has the link
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        if (!await ClaimAsync(db, link, ct))
        {
            return Reasons.AccountLinkInvalid;
        }

        if (!await accounts.TryAddAsync(db, user, "invitation", ct))
        {
            return new Refusal(Reasons.EmailTaken) { Received = user.Email };
        }

        await write.CommitAsync(ct);
        return user;
    }

    private async Task<string> SaveAsync(AccountLink link, TimeSpan life, string action, string target, string actor, CancellationToken ct)
    {
        var token = randomness.Text(TokenBytes);
        var now = clock.GetUtcNow();
        (link.Hash, link.CreatedAt, link.ExpiresAt) = (Hash(token), now, now + life);
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        await db.AccountLinks.Where(l => l.Purpose == link.Purpose && l.UserId == link.UserId && l.Email == link.Email).ExecuteDeleteAsync(ct);
        db.AccountLinks.Add(link);
        db.AddAudit(actor, action, target, null, now);
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        return $"{settings.Issuer}/account/{(link.Purpose == AccountLinkPurpose.Reset ? "reset" : "signup")}?token={token}";
    }

    private async Task<Found?> ReadAsync(string? token, AccountLinkPurpose purpose, CancellationToken ct)
    {
        if (!IsToken(token))
        {
            return null;
        }

        var hash = Hash(token!);
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        var link = await db.AccountLinks.AsNoTracking()
            .SingleOrDefaultAsync(l => l.Hash == hash && l.Purpose == purpose && l.UsedAt == null && l.ExpiresAt > now, ct);
        if (link is null || purpose == AccountLinkPurpose.Invitation)
        {
            return link is null ? null : new Found(link, null);
        }

        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == link.UserId && !u.IsDisabled, ct);
        return user is null ? null : new Found(link, user);
    }

    private async Task<bool> ClaimAsync(KOauthDb db, AccountLink link, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await db.AccountLinks.Where(l => l.Hash == link.Hash && l.UsedAt == null && l.ExpiresAt > now)
            .ExecuteUpdateAsync(l => l.SetProperty(x => x.UsedAt, now), ct) == 1;
    }

    public static bool IsToken(string? token) => token is { Length: (TokenBytes * 4 + 2) / 3 } && Base64Url.IsValid(token);

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.ASCII.GetBytes(token));

    private sealed record Found(AccountLink Link, User? User);
}
