using KOauth.Data;
using KOauth.Hosting;
using KOauth.Protocol;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace KOauth.People;

/// <summary>
/// Checks an address and a password. Unknown, wrong and disabled are the same to whoever asks: the same sentence, the same
/// number of hashes, the same rows counted; only the story knows which it was.
/// </summary>
internal sealed class SignIn(
    IDbContextFactory<KOauthDb> databases,
    Argon2idHasher hasher,
    HashQueue queue,
    SignInLimits limits,
    KnownBrowsers knownBrowsers,
    ILookupNormalizer normalizer,
    KOauthSettings settings) : IDisposable
{
    /// <summary>One attempt at a time for an account: fifty guesses sent at once do not all pass before the first is counted.</summary>
    private readonly SemaphoreSlim[] _oneByOne = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    public async Task<Outcome<User>> CheckAsync(string? email, string? password, HttpContext http, CancellationToken ct)
    {
        // Before anything is hashed or looked up: length costs the sender, not the server.
        if (password is not { Length: > 0 and <= PasswordPolicy.MaxLength } || email is null || EmailAddress.Normalize(email) is not { } address)
        {
            return new Refusal(Reasons.SignInFailed) { Detail = "The address or the password is empty or too long." };
        }

        using var place = queue.TryTake();
        if (place is null)
        {
            return new Refusal(Reasons.SignInBusy) { RetryAfter = TimeSpan.FromSeconds(5) };
        }

        var account = normalizer.NormalizeEmail(address)!;
        var turn = _oneByOne[(uint)account.GetHashCode(StringComparison.Ordinal) % _oneByOne.Length];
        await turn.WaitAsync(ct);
        try
        {
            return await CheckAsync(account, password, place, http, ct);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        foreach (var turn in _oneByOne)
        {
            turn.Dispose();
        }
    }

    private async Task<Outcome<User>> CheckAsync(string account, string password, HashQueue.Place place, HttpContext http, CancellationToken ct)
    {
        var user = await FindAsync(account, ct);
        var counts = limits.CountsFor(account, ClientNetwork.Of(http, settings), user is null ? null : knownBrowsers.Find(http, user.Id));
        var wait = await limits.WaitAsync(counts, ct);
        if (wait > TimeSpan.Zero)
        {
            return new Refusal(Reasons.SignInThrottled) { RetryAfter = wait };
        }

        var stored = user?.PasswordHash ?? hasher.NobodysHash;
        var verdict = await place.RunAsync(() => hasher.Verify(stored, password), ct);
        if (user is null || verdict == PasswordVerificationResult.Failed || user.IsDisabled)
        {
            await limits.FailedAsync(counts, ct);
            return user is { IsDisabled: true } ? Reasons.UserDisabled : new Refusal(Reasons.SignInFailed)
            {
                Detail = user is null ? "There is no such account." : "The password is wrong.",
            };
        }

        await limits.SucceededAsync(counts, ct);
        if (verdict == PasswordVerificationResult.SuccessRehashNeeded)
        {
            await ReplaceHashAsync(user, await place.RunAsync(() => hasher.Hash(password), ct), ct);
        }

        return user;
    }

    private async Task<User?> FindAsync(string account, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.NormalizedUserName == account, ct);
    }

    private async Task ReplaceHashAsync(User user, string hash, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        await db.Users.Where(u => u.Id == user.Id && u.PasswordHash == user.PasswordHash)
            .ExecuteUpdateAsync(u => u.SetProperty(x => x.PasswordHash, hash), ct);
        await write.CommitAsync(ct);
    }
}
