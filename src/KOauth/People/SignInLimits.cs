using System.Security.Cryptography;
using System.Text;
using KOauth.Data;
using KOauth.Keys;
using Microsoft.EntityFrameworkCore;

namespace KOauth.People;

/// <summary>
/// Slows down guessing. Wrong passwords are counted for the account from any address, for the account from one network, and for
/// the network whatever the account; a browser the person signed in from before has a count of its own instead of all three.
/// The first few are free, then each one makes the next wait longer, up to a bound: a stranger can slow sign-in down, never
/// lock it. Attempts while waiting are not counted, and unknown accounts are counted like known ones.
/// </summary>
internal sealed class SignInLimits(IDbContextFactory<KOauthDb> databases, KeyRing keys, TimeProvider clock)
{
    private static readonly Limit _account = new("account", 5, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), TimeSpan.FromDays(1));
    private static readonly Limit _accountFromNetwork = new("account-network", 5, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(15), TimeSpan.FromDays(1));
    private static readonly Limit _network = new("network", 20, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), TimeSpan.FromHours(1));
    private static readonly Limit _browser = new("browser", 5, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(15), TimeSpan.FromDays(1));

    private static readonly Limit _userCodes = new("user-code", 100, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));
    private static readonly Limit _userCodesFromNetwork = new("user-code-network", 10, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1));
    private static readonly Limit _userCodesOfPerson = new("user-code-person", 10, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1));

    /// <summary>
    /// What a wrong device code is counted under (RFC 8628 §5.1): a person who is signed in has a count alone, which no stranger can
    /// fill; strangers are counted by network and all together.
    /// </summary>
    public IReadOnlyList<Count> CountsForUserCode(Guid? personId, string? network)
    {
        if (personId is { } id)
        {
            return [Count(_userCodesOfPerson, id.ToString("N"))];
        }

        return network is null ? [Count(_userCodes, "all")] : [Count(_userCodes, "all"), Count(_userCodesFromNetwork, network)];
    }

    /// <summary>What an attempt is counted under.</summary>
    public IReadOnlyList<Count> CountsFor(string account, string? network, string? knownBrowser)
    {
        if (knownBrowser is not null)
        {
            return [Count(_browser, $"{knownBrowser}:{account}")];
        }

        return network is null
            ? [Count(_account, account)]
            : [Count(_account, account), Count(_accountFromNetwork, $"{network}:{account}"), Count(_network, network)];
    }

    /// <summary>How long to wait before the next attempt; zero when it may be made now.</summary>
    public async Task<TimeSpan> WaitAsync(IReadOnlyList<Count> counts, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var wait = TimeSpan.Zero;
        await using var db = await databases.CreateDbContextAsync(ct);
        foreach (var count in counts)
        {
            if (await db.SignInAttempts.AsNoTracking().SingleOrDefaultAsync(a => a.Key == count.Key, ct) is { } attempts)
            {
                var until = attempts.LastFailureAt + count.Limit.DelayAfter(attempts.Failures, now - attempts.LastFailureAt);
                wait = until - now > wait ? until - now : wait;
            }
        }

        return wait;
    }

    public async Task FailedAsync(IReadOnlyList<Count> counts, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        foreach (var count in counts)
        {
            var forgotten = now - count.Limit.ForgetAfter;
            var counted = await db.SignInAttempts.Where(a => a.Key == count.Key).ExecuteUpdateAsync(
                a => a.SetProperty(x => x.Failures, x => x.LastFailureAt < forgotten ? 1 : x.Failures + 1).SetProperty(x => x.LastFailureAt, now), ct);
            if (counted == 0)
            {
                db.SignInAttempts.Add(new SignInAttempts { Key = count.Key, Failures = 1, LastFailureAt = now });
            }
        }

        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
    }

    /// <summary>
    /// The right password clears what was counted against the account; the network's count stays, or an attacker with an account
    /// of his own could clear it between guesses at others.
    /// </summary>
    public async Task SucceededAsync(IReadOnlyList<Count> counts, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        foreach (var count in counts.Where(c => c.Limit != _network))
        {
            if (await db.SignInAttempts.SingleOrDefaultAsync(a => a.Key == count.Key, ct) is { } attempts)
            {
                db.SignInAttempts.Remove(attempts);
            }
        }

        if (db.ChangeTracker.HasChanges())
        {
            await db.SaveChangesAsync(ct);
        }
    }

    // Keyed: people type passwords into the field for the address, and a plain hash of one could be guessed.
    private Count Count(Limit limit, string what) =>
        new(limit, HMACSHA256.HashData(keys.Keys.Tag, Encoding.UTF8.GetBytes($"sign-in:{limit.Name}:{what}")));
}

internal sealed record Count(Limit Limit, byte[] Key);

/// <param name="Name">What is counted.</param>
/// <param name="Free">So many failures cost nothing.</param>
/// <param name="First">The wait after the last free one; each further failure doubles it.</param>
/// <param name="Longest">The bound of the wait.</param>
/// <param name="ForgetAfter">Without a failure for so long, the count begins anew.</param>
internal sealed record Limit(string Name, int Free, TimeSpan First, TimeSpan Longest, TimeSpan ForgetAfter)
{
    public TimeSpan DelayAfter(int failures, TimeSpan since) => failures < Free || since > ForgetAfter
        ? TimeSpan.Zero
        : TimeSpan.FromTicks(Math.Min(First.Ticks << Math.Min(failures - Free, 20), Longest.Ticks));
}
