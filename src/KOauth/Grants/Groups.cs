using KOauth.Data;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Resources;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Grants;

/// <summary>
/// Makes and changes groups. Who is in one is read each time it is asked for, so a change is felt by the very next request on
/// every node; each is one transaction with its audit row.
/// </summary>
internal sealed class Groups(IDbContextFactory<KOauthDb> databases, ILookupNormalizer normalizer, TimeProvider clock)
{
    public const int MaxNameLength = 64;

    /// <summary>Small letters only, so that no two groups differ in what a reader takes for the same name.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= MaxNameLength
        && char.IsAsciiLetterOrDigit(text[0])
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.');

    public async Task<Outcome<Group>> CreateAsync(string name, string actor, CancellationToken ct)
    {
        if (!IsName(name))
        {
            return new Refusal(Reasons.GroupInvalid) { Received = name };
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        if (await db.Groups.AnyAsync(g => g.Name == name, ct))
        {
            return new Refusal(Reasons.GroupTaken) { Received = name, Fix = $"koauth group show {name}" };
        }

        var group = new Group { Name = name, CreatedAt = clock.GetUtcNow() };
        db.Groups.Add(group);
        db.AddAudit(actor, "group.created", Target(name), null, group.CreatedAt);
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        return group;
    }

    /// <summary>The first thousand by name, and how many there are.</summary>
    public async Task<(IReadOnlyList<GroupSize> Groups, int Total)> ListAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var groups = await db.Groups.OrderBy(g => g.Name).Take(1000)
            .Select(g => new GroupSize(g.Name, db.GroupMembers.Count(m => m.GroupKey == g.Key), g.CreatedAt)).ToListAsync(ct);
        return (groups, groups.Count < 1000 ? groups.Count : await db.Groups.CountAsync(ct));
    }

    /// <summary>The group with its first thousand members and what it opens; null when there is none of that name.</summary>
    public async Task<GroupSheet?> FindAsync(string name, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.Groups.AsNoTracking().SingleOrDefaultAsync(g => g.Name == name, ct) is not { } group)
        {
            return null;
        }

        var members = db.GroupMembers.Where(m => m.GroupKey == group.Key);
        var emails = await db.Users.Where(u => members.Any(m => m.UserId == u.Id)).OrderBy(u => u.Email).Select(u => u.Email!).Take(1000).ToListAsync(ct);
        var limited = await db.Resources.AsNoTracking().Where(r => r.Allow != null).OrderBy(r => r.Uri).ToListAsync(ct);
        var entry = AllowList.Group(group.Key);
        return new GroupSheet(group.Name, group.CreatedAt, emails, await members.CountAsync(ct), [.. limited.Where(r => r.Allow!.Contains(entry)).Select(r => r.Uri)]);
    }

    /// <summary>Puts people in (or out); what is so already is left alone. One unknown address, and nothing is changed.</summary>
    public async Task<Outcome<IReadOnlyList<User>>> ChangeAsync(
        string name, IReadOnlyList<string> emails, bool isIn, string actor, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        if (await db.Groups.SingleOrDefaultAsync(g => g.Name == name, ct) is not { } group)
        {
            return Unknown(name);
        }

        var changed = new List<User>();
        foreach (var email in emails)
        {
            var normal = EmailAddress.Normalize(email) is { } address ? normalizer.NormalizeName(address) : null;
            if (normal is null || await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.NormalizedUserName == normal, ct) is not { } user)
            {
                return new Refusal(Reasons.UserUnknown) { Received = email, Fix = "koauth user list" };
            }

            var member = await db.GroupMembers.FindAsync([group.Key, user.Id], ct);
            if (member is not null == isIn)
            {
                continue;
            }

            if (isIn)
            {
                db.GroupMembers.Add(new GroupMember { GroupKey = group.Key, UserId = user.Id });
            }
            else
            {
                db.GroupMembers.Remove(member!);
            }

            var (before, after) = isIn ? ((string?)null, $"user:{user.Id}") : ($"user:{user.Id}", null);
            db.AddAudit(actor, isIn ? "group.member_added" : "group.member_removed", Target(name),
                FactChange.ToJson([new FactChange("member", "Member", before, after)]), clock.GetUtcNow());
            changed.Add(user);
            await db.SaveChangesAsync(ct);
        }

        await write.CommitAsync(ct);
        return Outcome<IReadOnlyList<User>>.Of(changed);
    }

    /// <summary>Deletes it and takes it off the lists of resources. An emptied list stays a list: nobody may. Null would mean everybody.</summary>
    public async Task<Outcome<IReadOnlyList<string>>> DeleteAsync(string name, string actor, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        if (await db.Groups.SingleOrDefaultAsync(g => g.Name == name, ct) is not { } group)
        {
            return Unknown(name);
        }

        var now = clock.GetUtcNow();
        var entry = AllowList.Group(group.Key);
        var limited = (await db.Resources.Where(r => r.Allow != null).ToListAsync(ct)).Where(r => r.Allow!.Contains(entry)).ToList();
        foreach (var resource in limited)
        {
            var left = resource.Allow!.Where(a => a != entry).ToList();
            db.AddAudit(actor, "resource.updated", $"resource:{resource.Uri}", FactChange.ToJson([new FactChange("allow", "Allowed", resource.Allow, left)]), now);
            resource.Allow = left;
        }

        await db.GroupMembers.Where(m => m.GroupKey == group.Key).ExecuteDeleteAsync(ct);
        db.Groups.Remove(group);
        db.AddAudit(actor, "group.deleted", Target(name), null, now);
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        return Outcome<IReadOnlyList<string>>.Of([.. limited.Select(r => r.Uri)]);
    }

    public static Refusal Unknown(string name) => new(Reasons.GroupUnknown) { Received = name, Fix = "koauth group list" };

    private static string Target(string name) => $"group:{name}";
}

internal sealed record GroupSize(string Name, int Members, DateTimeOffset CreatedAt);

/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Members">The first thousand addresses.</param>
/// <param name="Count">How many members there are.</param>
/// <param name="Resources">What it lets its members use.</param>
internal sealed record GroupSheet(string Name, DateTimeOffset CreatedAt, IReadOnlyList<string> Members, int Count, IReadOnlyList<string> Resources);
