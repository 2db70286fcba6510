using System.Linq.Expressions;
using System.Security.Cryptography;
using System.Text;
using KOauth.Data;
using KOauth.Keys;
using KOauth.People;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Grants;

/// <summary>
/// The devices that wait for a person (RFC 8628). Each answer is one conditional update, so of two answers one counts; what an approval
/// becomes is redeemed in the ledger like a code, whose primary key lets it happen once.
/// </summary>
internal sealed class DeviceCodes(IDbContextFactory<KOauthDb> databases, KeyRing keys, Randomness randomness, TimeProvider clock)
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(15);
    public const int Interval = 5;

    /// <summary>So many may wait at once: far more than people use, too few to guess one among them.</summary>
    private const int MaxWaiting = 5_000;

    /// <summary>So many of one network: nobody alone keeps everybody else's devices waiting.</summary>
    private const int MaxOfNetwork = 100;

    private const int CodeBytes = 32;

    // A device that waits five seconds by its own clock may come a moment early by ours.
    private static readonly TimeSpan _leeway = TimeSpan.FromSeconds(1);

    /// <summary>Writes the device down and gives its two codes. Refused when too many wait.</summary>
    public async Task<Outcome<NewDeviceCode>> StartAsync(
        int clientKey, Audience audience, ScopeSet scopes, string story, string? network, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var code = randomness.Text(CodeBytes);
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        var waiting = db.DeviceCodes.Where(d => d.ExpiresAt > now);
        if (await waiting.CountAsync(ct) >= MaxWaiting
            || (network is not null && await waiting.CountAsync(d => d.Address == network, ct) >= MaxOfNetwork))
        {
            return new Refusal(Reasons.DeviceCodesTooMany) { RetryAfter = TimeSpan.FromMinutes(1) };
        }

        string userCode;
        byte[] userCodeHash;
        do
        {
            userCode = UserCode.New(randomness);
            userCodeHash = HashOfUserCode(userCode);
        }
        while (await db.DeviceCodes.AnyAsync(d => d.UserCodeHash == userCodeHash, ct));

        db.DeviceCodes.Add(new DeviceCode
        {
            Hash = HashOf(code),
            UserCodeHash = userCodeHash,
            ClientKey = clientKey,
            ResourceKey = audience.Key,
            Scopes = scopes.ToString(),
            Story = story,
            GrantId = randomness.Id(),
            CreatedAt = now,
            ExpiresAt = now + Life,
            Interval = Interval,
            Address = network,
        });
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        return new NewDeviceCode(code, userCode);
    }

    public async Task<DeviceCode?> FindAsync(string code, CancellationToken ct)
    {
        var hash = HashOf(code);
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.DeviceCodes.AsNoTracking().SingleOrDefaultAsync(d => d.Hash == hash, ct);
    }

    /// <summary>The device that waits under the code a person typed.</summary>
    public async Task<DeviceCode?> FindWaitingAsync(string userCode, CancellationToken ct)
    {
        var (hash, now) = (HashOfUserCode(userCode), clock.GetUtcNow());
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.DeviceCodes.AsNoTracking().SingleOrDefaultAsync(
            d => d.UserCodeHash == hash && d.State == DeviceCodeState.Pending && d.ExpiresAt > now, ct);
    }

    /// <summary>False when it was answered before or has expired.</summary>
    public Task<bool> ApproveAsync(byte[] hash, SignedIn person, int clientEpoch, int linkEpoch, CancellationToken ct) => AnswerAsync(
        d => d.Hash == hash && d.State == DeviceCodeState.Pending,
        DeviceCodeState.Approved,
        new DeviceAnswer(person.UserId, person.AuthenticatedAt, person.UserEpoch, clientEpoch, linkEpoch, keys.StoreEpoch),
        ct);

    /// <summary>A no also takes back a yes that was not used yet.</summary>
    public Task<bool> DenyAsync(byte[] hash, CancellationToken ct) =>
        AnswerAsync(d => d.Hash == hash, DeviceCodeState.Denied, new DeviceAnswer(null, null, 0, 0, 0, 0), ct);

    /// <summary>
    /// Writes down that a device asked. False when it came too early; then it must wait five seconds longer from now on
    /// (RFC 8628 §3.5).
    /// </summary>
    public async Task<bool> PollAsync(DeviceCode device, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var latest = now - TimeSpan.FromSeconds(device.Interval) + _leeway;
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        var inTime = await db.DeviceCodes.Where(d => d.Hash == device.Hash && (d.PolledAt == null || d.PolledAt <= latest))
            .ExecuteUpdateAsync(d => d.SetProperty(x => x.PolledAt, now), ct) == 1;
        if (!inTime)
        {
            await db.DeviceCodes.Where(d => d.Hash == device.Hash)
                .ExecuteUpdateAsync(d => d.SetProperty(x => x.PolledAt, now).SetProperty(x => x.Interval, x => x.Interval + 5), ct);
        }

        await write.CommitAsync(ct);
        return inTime;
    }

    private async Task<bool> AnswerAsync(
        Expression<Func<DeviceCode, bool>> whom, DeviceCodeState state, DeviceAnswer answer, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        var answered = await db.DeviceCodes.Where(whom).Where(d => d.ExpiresAt > now)
            .ExecuteUpdateAsync(
                d => d.SetProperty(x => x.State, state)
                    .SetProperty(x => x.UserId, answer.UserId)
                    .SetProperty(x => x.AuthenticatedAt, answer.AuthenticatedAt)
                    .SetProperty(x => x.UserEpoch, answer.UserEpoch)
                    .SetProperty(x => x.ClientEpoch, answer.ClientEpoch)
                    .SetProperty(x => x.LinkEpoch, answer.LinkEpoch)
                    .SetProperty(x => x.StoreEpoch, answer.StoreEpoch),
                ct);
        await write.CommitAsync(ct);
        return answered == 1;
    }

    private static byte[] HashOf(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));

    // Keyed: 35 bits could be found from a plain hash in seconds.
    private byte[] HashOfUserCode(string code) => HMACSHA256.HashData(keys.Keys.Tag, Encoding.UTF8.GetBytes($"user-code:{code}"));

    private sealed record DeviceAnswer(
        Guid? UserId, DateTimeOffset? AuthenticatedAt, int UserEpoch, int ClientEpoch, int LinkEpoch, int StoreEpoch);
}

/// <summary>What the device gets: its own secret, and the code it shows.</summary>
internal sealed record NewDeviceCode(string Code, string UserCode);
