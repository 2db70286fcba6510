using System.Collections.Concurrent;
using System.Text.Json;
using KOauth.Hosting;
using KOauth.Protocol;

namespace KOauth.Keys;

/// <summary>
/// The public keys of identity providers whose assertions are believed. They are read again after ten minutes, so that a key the
/// provider threw away is not believed for long, and earlier when a key is unknown, but then at most every 30 seconds: strangers
/// must not make us ask. When they cannot be read, those of the last hour still count.
/// </summary>
internal sealed partial class IssuerKeys(KeyDocuments documents, TimeProvider clock, ILogger<IssuerKeys> logger)
{
    private static readonly TimeSpan _fresh = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _stale = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, Shelf> _shelves = new(StringComparer.Ordinal);

    /// <summary>The keys that may have signed a token of this header; <see cref="Reasons.AssertionKeysUnavailable"/> when nobody knows.</summary>
    public async ValueTask<Outcome<JwkSet>> FindAsync(AssertionIssuer issuer, string? kid, CancellationToken ct)
    {
        var shelf = _shelves.GetOrAdd(issuer.Issuer, _ => new Shelf());
        var now = clock.GetUtcNow();
        if (shelf.Known is { } known && now - known.ReadAt < _fresh && (known.Keys.Has(kid) || now - shelf.TriedAt < _pause))
        {
            return known.Keys;
        }

        await shelf.Gate.WaitAsync(ct);
        try
        {
            now = clock.GetUtcNow();
            if (now - shelf.TriedAt >= _pause)
            {
                await ReadAsync(issuer, shelf, now, ct);
            }

            return shelf.Known is { } read && now - read.ReadAt < _stale
                ? read.Keys
                : new Refusal(Reasons.AssertionKeysUnavailable) { Detail = $"{issuer.KeysAt}: {shelf.Problem}", RetryAfter = _pause };
        }
        finally
        {
            shelf.Gate.Release();
        }
    }

    private async Task ReadAsync(AssertionIssuer issuer, Shelf shelf, DateTimeOffset now, CancellationToken ct)
    {
        shelf.TriedAt = now;
        try
        {
            shelf.Known = new Known(JwkSet.Parse(await documents.ReadAsync(issuer, ct)), now);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or UnauthorizedAccessException or JsonException
            || (failure is OperationCanceledException && !ct.IsCancellationRequested))
        {
            shelf.Problem = failure is OperationCanceledException ? "no answer in time" : failure.Message;
            LogUnread(issuer.Issuer, issuer.KeysAt, shelf.Problem);
        }
    }

    private sealed record Known(JwkSet Keys, DateTimeOffset ReadAt);

    /// <summary>Written behind the gate; what is also read without it is exchanged whole.</summary>
    private sealed class Shelf
    {
        private volatile Known? _known;
        private long _triedAt;

        public SemaphoreSlim Gate { get; } = new(1);

        public Known? Known
        {
            get => _known;
            set => _known = value;
        }

        public DateTimeOffset TriedAt
        {
            get => new(Volatile.Read(ref _triedAt), TimeSpan.Zero);
            set => Volatile.Write(ref _triedAt, value.UtcTicks);
        }

        public string? Problem { get; set; }
    }

    [LoggerMessage(LogLevel.Warning, "The keys of {Issuer} could not be read from {Address}: {Problem}")]
    private partial void LogUnread(string issuer, string address, string problem);
}
