using KOauth.Data;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Resources;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Grants;

/// <summary>
/// Who may use a resource, in the words people use: <c>everyone</c>, <c>nobody</c>, <c>ada@example.com</c>, <c>group:editors</c>.
/// What is stored are ids, so that whoever gets a freed address or name later gets none of the access.
/// </summary>
internal sealed class AllowWords(IDbContextFactory<KOauthDb> databases, ILookupNormalizer normalizer)
{
    public const string Nobody = "nobody";
    public const string GroupPrefix = "group:";

    /// <summary>The entries of an <see cref="AllowList"/>; a word that names nobody is refused, because a slip would shut somebody out.</summary>
    public async Task<Outcome<IReadOnlyList<string>>> ReadAsync(IReadOnlyList<string> words, CancellationToken ct)
    {
        if (words.Contains(AllowList.Everyone) || words.Contains(Nobody))
        {
            return words.Count == 1
                ? Outcome<IReadOnlyList<string>>.Of(words[0] == Nobody ? [] : [AllowList.Everyone])
                : new Refusal(Reasons.ResourceInvalid) { Detail = "'everyone' and 'nobody' stand alone.", Received = string.Join(',', words) };
        }

        var entries = new List<string>();
        await using var db = await databases.CreateDbContextAsync(ct);
        foreach (var word in words)
        {
            if (word.StartsWith(GroupPrefix, StringComparison.Ordinal))
            {
                var name = word[GroupPrefix.Length..];
                if (await db.Groups.AsNoTracking().SingleOrDefaultAsync(g => g.Name == name, ct) is not { } group)
                {
                    return Groups.Unknown(name);
                }

                entries.Add(AllowList.Group(group.Key));
                continue;
            }

            var normal = EmailAddress.Normalize(word) is { } address ? normalizer.NormalizeName(address) : null;
            if (normal is null || await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.NormalizedUserName == normal, ct) is not { } user)
            {
                return new Refusal(Reasons.UserUnknown) { Received = word, Fix = "koauth user list" };
            }

            entries.Add(AllowList.User(user.Id));
        }

        return Outcome<IReadOnlyList<string>>.Of([.. entries.Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>The same in words; somebody who is gone is shown as the entry that was stored.</summary>
    public async Task<IReadOnlyList<string>> WriteAsync(IReadOnlyList<string>? allow, CancellationToken ct)
    {
        if (allow is null || allow.Contains(AllowList.Everyone))
        {
            return [AllowList.Everyone];
        }

        if (allow.Count == 0)
        {
            return [Nobody];
        }

        var (keys, ids) = (AllowList.Groups(allow).ToList(), AllowList.Users(allow).ToList());
        await using var db = await databases.CreateDbContextAsync(ct);
        var names = (await db.Groups.Where(g => keys.Contains(g.Key)).Select(g => new { g.Key, g.Name }).ToListAsync(ct))
            .ToDictionary(g => AllowList.Group(g.Key), g => GroupPrefix + g.Name);
        foreach (var user in await db.Users.Where(u => ids.Contains(u.Id)).Select(u => new { u.Id, u.Email }).ToListAsync(ct))
        {
            names[AllowList.User(user.Id)] = user.Email!;
        }

        return [.. allow.Select(entry => names.GetValueOrDefault(entry, entry))];
    }
}
