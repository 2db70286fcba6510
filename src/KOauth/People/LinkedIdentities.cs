using KOauth.Data;
using KOauth.Hosting;
using KOauth.Protocol;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace KOauth.People;

/// <summary>
/// Which account an identity of another issuer is: by issuer and subject, which an administrator links, and never by e-mail address,
/// which people can have at one provider without owning it (docs/decisions/0018-assertions.md).
/// </summary>
internal sealed class LinkedIdentities(IDbContextFactory<KOauthDb> databases, Sessions sessions, TimeProvider clock)
{
    public async Task<User?> FindAsync(string issuer, string subject, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.UserLogins.Where(l => l.LoginProvider == issuer && l.ProviderKey == subject)
            .Join(db.Users.AsNoTracking(), l => l.UserId, u => u.Id, (_, user) => user)
            .SingleOrDefaultAsync(ct);
    }

    public async Task<IReadOnlyList<LinkedIdentity>> OfAsync(Guid userId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.UserLogins.Where(l => l.UserId == userId)
            .OrderBy(l => l.LoginProvider).ThenBy(l => l.ProviderKey)
            .Select(l => new LinkedIdentity(l.LoginProvider, l.ProviderKey)).ToListAsync(ct);
    }

    /// <summary>Null when it is linked, also when it was; else why not.</summary>
    public async Task<Refusal?> LinkAsync(User user, LinkedIdentity identity, string actor, CancellationToken ct)
    {
        if (identity.Fault is { } fault)
        {
            return fault;
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        var there = await db.UserLogins.SingleOrDefaultAsync(l => l.LoginProvider == identity.Issuer && l.ProviderKey == identity.Subject, ct);
        if (there is not null)
        {
            return there.UserId == user.Id ? null : new Refusal(Reasons.IdentityTaken)
            {
                Detail = $"It belongs to {await db.Users.Where(u => u.Id == there.UserId).Select(u => u.Email).SingleOrDefaultAsync(ct)}. Unlink it there first.",
                Received = identity.ToString(),
            };
        }

        db.UserLogins.Add(new IdentityUserLogin<Guid> { LoginProvider = identity.Issuer, ProviderKey = identity.Subject, UserId = user.Id });
        Audit(db, user, "user.identity_linked", identity, actor);
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        return null;
    }

    /// <summary>
    /// Takes away what links the account to this issuer, and ends all access of the account: whoever got in by the link is out.
    /// Gives what was unlinked.
    /// </summary>
    public async Task<IReadOnlyList<LinkedIdentity>> UnlinkAsync(User user, string issuer, string actor, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        var links = await db.UserLogins.Where(l => l.UserId == user.Id && l.LoginProvider == issuer).ToListAsync(ct);
        if (links.Count == 0)
        {
            return [];
        }

        db.UserLogins.RemoveRange(links);
        (await db.Users.SingleAsync(u => u.Id == user.Id, ct)).Epoch++;
        var gone = links.Select(l => new LinkedIdentity(l.LoginProvider, l.ProviderKey)).ToList();
        gone.ForEach(identity => Audit(db, user, "user.identity_unlinked", identity, actor));
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        sessions.Forget();
        return gone;
    }

    private void Audit(KOauthDb db, User user, string action, LinkedIdentity identity, string actor) => db.AddAudit(actor, action, $"user:{user.Id}",
        FactChange.ToJson([new FactChange("identity", "Identity", null, identity.ToString())]), clock.GetUtcNow());
}

/// <summary>Who somebody is at another issuer.</summary>
internal sealed record LinkedIdentity(string Issuer, string Subject)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public Refusal? Fault => IsKey(Issuer) && ResourceUri.Parse(Issuer).Ok(out _, out _) && IsKey(Subject)
        ? null
        : new Refusal(Reasons.IdentityInvalid)
        {
            Detail = $"An issuer is an https URL, a subject what its tokens have in 'sub'; each has at most {AssertionIssuer.MaxLength} characters, none of them a control or at an end a space.",
            Received = ToString() is { Length: <= 300 } text ? text : null,
        };

    public override string ToString() => $"{Issuer} {Subject}";

    private static bool IsKey(string text) => text.Length is > 0 and <= AssertionIssuer.MaxLength && text == text.Trim() && ReadableText.Is(text);
}
