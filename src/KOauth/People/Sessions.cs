using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using KOauth.Data;
using KOauth.Hosting;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.People;

/// <summary>
/// Who is signed in, kept on the server: the cookie is 256 random bits, the row its hash. What was read is believed for a second,
/// so that a thousand requests of one browser do not each read the database; what changes in this process is felt at once.
/// </summary>
internal sealed class Sessions(
    IDbContextFactory<KOauthDb> databases, Cookies cookies, KnownBrowsers knownBrowsers, Randomness randomness, TimeProvider clock)
{
    public static readonly TimeSpan Idle = TimeSpan.FromDays(14);
    public static readonly TimeSpan Absolute = TimeSpan.FromDays(90);

    private const int CookieBytes = 32;
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan _believed = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _seenEvery = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Entry> _entries = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _seen = new();
    private int _version;

    public async ValueTask<SignedIn?> FindAsync(HttpContext http, CancellationToken ct)
    {
        if (HashOf(http) is not { } hash)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        var key = KeyOf(hash);
        if (!_entries.TryGetValue(key, out var entry) || clock.GetElapsedTime(entry.ReadAt) >= _believed)
        {
            entry = await ReadAsync(key, hash, ct);
        }

        if (entry.SignedIn is null || now >= entry.ExpiresAt || now >= entry.LastSeenAt + Idle)
        {
            return null;
        }

        if (now >= entry.LastSeenAt + _seenEvery)
        {
            _seen[key] = now;
        }

        return entry.SignedIn;
    }

    /// <summary>Signs the person in with a new cookie value; what this browser had before is worth nothing from now on.</summary>
    public async Task StartAsync(HttpContext http, User user, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var value = randomness.Text(CookieBytes);
        var previous = HashOf(http);
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        if (previous is not null)
        {
            await db.Sessions.Where(s => s.Hash == previous).ExecuteDeleteAsync(ct);
        }

        await db.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(u => u.SetProperty(x => x.LastSignInAt, now), ct);
        db.Sessions.Add(new Session
        {
            Hash = Hash(value),
            Sid = BitConverter.ToInt64(randomness.Bytes(sizeof(long))),
            UserId = user.Id,
            UserEpoch = user.Epoch,
            AuthenticatedAt = now,
            LastSeenAt = now,
            ExpiresAt = now + Absolute,
            Address = ClientNetwork.Address(http)?.ToString(),
            UserAgent = http.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent[..Math.Min(agent.Length, 256)] : null,
        });
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);

        Forget(previous);
        cookies.Write(http, Cookies.Session, value, Absolute);
        knownBrowsers.Remember(http, user.Id);
    }

    /// <summary>Signs this browser out, on the server: a copy of the cookie is worth nothing any more.</summary>
    public async Task EndAsync(HttpContext http, CancellationToken ct)
    {
        cookies.Delete(http, Cookies.Session);
        if (HashOf(http) is not { } hash)
        {
            return;
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        await db.Sessions.Where(s => s.Hash == hash).ExecuteDeleteAsync(ct);
        await write.CommitAsync(ct);
        Forget(hash);
    }

    /// <summary>Believes nothing that was read before: called after every change to people in this process.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref _version);
        _entries.Clear();
    }

    /// <summary>The row of the cookie that a browser sent.</summary>
    public byte[]? HashOf(HttpContext http) =>
        cookies.Read(http, Cookies.Session) is { Length: (CookieBytes * 4 + 2) / 3 } value && Base64Url.IsValid(value) ? Hash(value) : null;

    [return: NotNullIfNotNull(nameof(hash))]
    public static string? KeyOf(byte[]? hash) => hash is null ? null : Convert.ToHexString(hash);

    private void Forget(byte[]? hash)
    {
        Interlocked.Increment(ref _version);
        if (hash is not null)
        {
            _entries.TryRemove(Convert.ToHexString(hash), out _);
        }
    }

    /// <summary>Writes down when sessions were last seen, once every ten minutes each, together.</summary>
    public async Task WriteSeenAsync(CancellationToken ct)
    {
        foreach (var batch in _seen.ToArray().Chunk(256))
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            await using var write = await db.BeginWriteAsync(ct);
            foreach (var (key, at) in batch)
            {
                var hash = Convert.FromHexString(key);
                await db.Sessions.Where(s => s.Hash == hash).ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, at), ct);
            }

            await write.CommitAsync(ct);
            foreach (var (key, at) in batch)
            {
                _seen.TryRemove(KeyValuePair.Create(key, at));
            }
        }
    }

    private async Task<Entry> ReadAsync(string key, byte[] hash, CancellationToken ct)
    {
        var version = Volatile.Read(ref _version);
        var readAt = clock.GetTimestamp();
        await using var db = await databases.CreateDbContextAsync(ct);
        var found = await (
            from session in db.Sessions
            join user in db.Users on session.UserId equals user.Id
            where session.Hash == hash
            select new
            {
                session.UserEpoch,
                session.AuthenticatedAt,
                session.LastSeenAt,
                session.ExpiresAt,
                user.Id,
                user.Email,
                user.DisplayName,
                user.IsAdmin,
                user.Epoch,
                user.IsDisabled,
            }).SingleOrDefaultAsync(ct);

        var entry = found is null || found.IsDisabled || found.UserEpoch != found.Epoch
            ? new Entry(null, readAt, default, default)
            : new Entry(
                new SignedIn(found.Id, found.Email ?? "", found.DisplayName, found.IsAdmin, found.Epoch, found.AuthenticatedAt),
                readAt, found.LastSeenAt, found.ExpiresAt);

        // Strangers may send any number of cookies; only what belongs to somebody takes room.
        if (entry.SignedIn is not null)
        {
            if (_entries.Count >= MaxRemembered)
            {
                _entries.Clear();
            }

            _entries[key] = entry;
            if (version != Volatile.Read(ref _version))
            {
                _entries.TryRemove(key, out _); // somebody was signed out while we read
            }
        }
        else
        {
            _entries.TryRemove(key, out _);
        }

        return entry;
    }

    private static byte[] Hash(string value) => SHA256.HashData(Encoding.ASCII.GetBytes(value));

    private sealed record Entry(SignedIn? SignedIn, long ReadAt, DateTimeOffset LastSeenAt, DateTimeOffset ExpiresAt);
}
