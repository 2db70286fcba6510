using KOauth.Data;
using KOauth.Protocol;
using KOauth.Resources;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Grants;

/// <summary>
/// Whether a person may use a resource. Asked before consent, when a code is redeemed and at every refresh, so that a restriction
/// reaches connections that exist. A resource that everybody may use costs no read; a list of people none either.
/// </summary>
internal sealed class Access(IDbContextFactory<KOauthDb> databases)
{
    /// <summary>For the token endpoint: null when the person may, else <see cref="Reasons.GrantNotAllowed"/> (<c>invalid_grant</c>).</summary>
    public ValueTask<Refusal?> CheckAsync(Guid userId, Audience audience, CancellationToken ct) =>
        audience.Resource is not { } resource || AllowList.IsOpen(resource) || resource.Allow!.Contains(AllowList.User(userId))
            ? ValueTask.FromResult<Refusal?>(null)
            : new(CheckGroupsAsync(userId, resource, ct));

    /// <summary>For pages: the same, as <see cref="Reasons.UserNotAllowed"/> (<c>access_denied</c>).</summary>
    public async ValueTask<Refusal?> CheckPersonAsync(Guid userId, Audience audience, CancellationToken ct) =>
        await CheckAsync(userId, audience, ct) is { } refusal ? refusal with { Reason = Reasons.UserNotAllowed } : null;

    private async Task<Refusal?> CheckGroupsAsync(Guid userId, Resource resource, CancellationToken ct)
    {
        var groups = AllowList.Groups(resource.Allow!).ToList();
        await using var db = await databases.CreateDbContextAsync(ct);
        return groups.Count > 0 && await db.GroupMembers.AnyAsync(m => m.UserId == userId && groups.Contains(m.GroupKey), ct)
            ? null
            : new Refusal(Reasons.GrantNotAllowed) { Fix = await FixAsync(db, userId, resource, groups, ct) };
    }

    /// <summary>The command that lets the person in: into a group that is allowed, else beside those who are.</summary>
    private static async Task<string> FixAsync(KOauthDb db, Guid userId, Resource resource, List<int> groups, CancellationToken ct)
    {
        var email = await db.Users.Where(u => u.Id == userId).Select(u => u.Email).SingleOrDefaultAsync(ct) ?? "EMAIL";
        if (await db.Groups.Where(g => groups.Contains(g.Key)).Select(g => g.Name).FirstOrDefaultAsync(ct) is { } group)
        {
            return $"koauth group add {group} {email}";
        }

        var users = AllowList.Users(resource.Allow!).ToList();
        var emails = await db.Users.Where(u => users.Contains(u.Id)).Select(u => u.Email!).OrderBy(e => e).Take(20).ToListAsync(ct);
        return $"koauth resource update {resource.Uri} --allow {string.Join(',', emails.Append(email))}";
    }
}
