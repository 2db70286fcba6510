using KOauth.Data;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Resources;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Grants;

/// <summary>A person makes, sees and ends their API keys. Nobody makes one for somebody else, administrators neither.</summary>
internal sealed class KeyIssue(
    IDbContextFactory<KOauthDb> databases, ResourceDirectory resources, Access access, Randomness randomness, TimeProvider clock)
{
    public const int MostKeys = 50;
    public const int MostDays = 365;
    public const int LongestName = 64;

    public async Task<Outcome<IssuedKey>> MakeAsync(SignedIn person, KeyWish wish, CancellationToken ct)
    {
        if (Fault(wish) is { } fault)
        {
            return fault;
        }

        if (!ResourceUri.Parse(wish.Resource).Ok(out var uri, out _) || await resources.FindAsync(uri, ct) is not { } resource)
        {
            return Reasons.ResourceUnknown;
        }

        if (await access.CheckPersonAsync(person.UserId, Audience.Of(resource), ct) is { } notAllowed)
        {
            return notAllowed;
        }

        // A key that can less than it was asked for fails later, at night; so an unknown scope is an error here, unlike in OAuth.
        var known = ScopeSet.Of(resource.Scopes.Select(s => s.Name).Append(ScopeSet.Email));
        if (wish.Scopes.FirstOrDefault(s => !known.Contains(s)) is { } unknown)
        {
            return new Refusal(Reasons.ApiKeyWishInvalid) { Expected = $"scopes of {resource.Uri}: {known}", Received = unknown };
        }

        var text = ApiKeyText.Make(randomness);
        var now = clock.GetUtcNow();
        var key = new ApiKey
        {
            Id = randomness.Id(),
            Prefix = ApiKeyText.PrefixOf(text)!,
            Hash = ApiKeyText.Hash(text),
            UserId = person.UserId,
            ResourceKey = resource.Key,
            Name = wish.Name.Trim(),
            Scopes = ScopeSet.Of(wish.Scopes).ToString(),
            CreatedAt = now,
            ExpiresAt = wish.Days is { } days ? now.AddDays(days) : null,
            UserEpoch = person.UserEpoch,
        };
        return await SaveAsync(key, now, ct) ? new IssuedKey(text, key, resource) : Reasons.ApiKeysTooMany;
    }

    public async Task<IReadOnlyList<ListedKey>> ListAsync(SignedIn person, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var keys = await db.ApiKeys.AsNoTracking()
            .Where(k => k.UserId == person.UserId && k.UserEpoch == person.UserEpoch && db.Store.Any(s => s.Epoch == k.StoreEpoch))
            .OrderBy(k => k.CreatedAt).Take(MostKeys).ToListAsync(ct);
        var listed = new List<ListedKey>();
        foreach (var key in keys)
        {
            listed.Add(new ListedKey(key, await resources.FindAsync(key.ResourceKey, ct)));
        }

        return listed;
    }

    /// <summary>False when the person has no such key.</summary>
    public async Task<bool> EndAsync(SignedIn person, Guid id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        if (await db.ApiKeys.Where(k => k.Id == id && k.UserId == person.UserId).ExecuteDeleteAsync(ct) == 0)
        {
            return false;
        }

        db.AddAudit($"user:{person.UserId}", "api_key.ended", $"api-key:{id:N}", null, clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        return true;
    }

    private static Refusal? Fault(KeyWish wish)
    {
        var name = wish.Name.Trim();
        if (name.Length is 0 or > LongestName || !ReadableText.Is(name))
        {
            return new Refusal(Reasons.ApiKeyWishInvalid) { Expected = $"a name of 1 to {LongestName} characters" };
        }

        return wish.Days is < 1 or > MostDays
            ? new Refusal(Reasons.ApiKeyWishInvalid) { Expected = $"1 to {MostDays} days, or never, in so many words" }
            : null;
    }

    private async Task<bool> SaveAsync(ApiKey key, DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        if (await db.ApiKeys.CountAsync(k => k.UserId == key.UserId && k.UserEpoch == key.UserEpoch, ct) >= MostKeys)
        {
            return false;
        }

        key.StoreEpoch = await db.Store.Select(s => s.Epoch).SingleAsync(ct);
        db.ApiKeys.Add(key);
        db.AddAudit($"user:{key.UserId}", "api_key.made", $"api-key:{key.Id:N}", null, now);
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        return true;
    }
}

/// <param name="Name">What the person calls it.</param>
/// <param name="Resource">The one server it is for.</param>
/// <param name="Scopes">What it may do there.</param>
/// <param name="Days">How long it lives; null is "never ends", which somebody must have said.</param>
internal sealed record KeyWish(string Name, string Resource, IReadOnlyList<string> Scopes, int? Days);

/// <param name="Text">The key itself, told this once.</param>
/// <param name="Key">Its row.</param>
/// <param name="Resource">What it is for.</param>
internal sealed record IssuedKey(string Text, ApiKey Key, Resource Resource);

/// <param name="Key">Its row.</param>
/// <param name="Resource">Null when it is gone, and the key useless.</param>
internal sealed record ListedKey(ApiKey Key, Resource? Resource);
