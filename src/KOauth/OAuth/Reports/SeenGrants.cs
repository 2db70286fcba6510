using System.Collections.Concurrent;
using KOauth.Data;
using KOauth.Stories;
using Microsoft.EntityFrameworkCore;

namespace KOauth.OAuth.Reports;

/// <summary>
/// That a connection works to its end: the first access token of it that a server saw, told once in its story; and refusals there, one in
/// ten minutes for a connection.
/// </summary>
internal sealed class SeenGrants(IDbContextFactory<KOauthDb> databases, TimeProvider clock)
{
    /// <summary>Says that the server refused, by one of the words in <see cref="_words"/>.</summary>
    public const string RefusedHeader = "KOauth-Refused";

    private const int MaxRemembered = 10_000;

    private static readonly TimeSpan _between = TimeSpan.FromMinutes(10);

    /// <summary>Anything else would be a way to write into stories.</summary>
    private static readonly Dictionary<string, string> _words = new()
    {
        ["audience"] = "The server was sent a token that is for another server",
        ["scope"] = "The server refused, because the token lacks a scope",
        ["proof"] = "The server refused, because the proof of the token's key was missing or wrong",
    };

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _refused = new();
    private readonly ConcurrentDictionary<Guid, bool> _seen = new();

    public Task NoteAsync(Guid grantId, string? refused, Story story, CancellationToken ct)
    {
        if (refused is null)
        {
            return SeeAsync(grantId, story, ct);
        }

        if (_words.TryGetValue(refused, out var sentence) && IsNews(grantId))
        {
            story.Tell(StoryEvents.TokenRefusedByServer, sentence);
        }

        return Task.CompletedTask;
    }

    private async Task SeeAsync(Guid grantId, Story story, CancellationToken ct)
    {
        if (_seen.ContainsKey(grantId))
        {
            return;
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        var isFirst = false;
        if (await db.Grants.AnyAsync(g => g.Id == grantId && g.SeenAt == null, ct))
        {
            await using var write = await db.BeginWriteAsync(ct);
            var now = clock.GetUtcNow();
            isFirst = await db.Grants.Where(g => g.Id == grantId && g.SeenAt == null).ExecuteUpdateAsync(g => g.SetProperty(x => x.SeenAt, now), ct) == 1;
            await write.CommitAsync(ct);
        }

        Bound(_seen);
        _seen[grantId] = true;
        if (isFirst)
        {
            story.Tell(StoryEvents.TokenFirstUsed, "The server saw the token for the first time: the connection works to its end");
        }
    }

    private bool IsNews(Guid grantId)
    {
        var now = clock.GetUtcNow();
        if (_refused.TryGetValue(grantId, out var last) && now - last < _between)
        {
            return false;
        }

        Bound(_refused);
        _refused[grantId] = now;
        return true;
    }

    private static void Bound<T>(ConcurrentDictionary<Guid, T> remembered)
    {
        if (remembered.Count >= MaxRemembered)
        {
            remembered.Clear();
        }
    }
}
