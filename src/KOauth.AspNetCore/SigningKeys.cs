using Microsoft.Extensions.Options;

namespace KOauth.AspNetCore;

/// <summary>
/// The authorization server's public keys. The last good set stays in use while the server is down or says something unusable. An
/// unknown key id may mean that keys were rotated, so it triggers a new look, but strangers can write any id into a token: at most
/// one look per five seconds, shared by all requests that wait for it, and only for an id that is short and plain.
/// </summary>
internal sealed class SigningKeys(AuthorizationServer server, IOptionsMonitor<KOauthOptions> monitor)
{
    private const int LongestPlainId = 128;

    private static readonly TimeSpan _betweenLooks = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _clock = monitor.Get(KOauthDefaults.AuthenticationScheme).TimeProvider!;
    private readonly Lock _gate = new();
    private volatile IReadOnlyDictionary<string, PublishedKey>? _known;
    private Task<ServerAnswer>? _look;
    private long? _lastLookForToken;

    public bool AreKnown => _known is not null;

    /// <summary>The key of that id, or null when the server does not publish it as far as can be known now.</summary>
    public async ValueTask<PublishedKey?> FindAsync(string id, CancellationToken ct)
    {
        if (Known(id) is { } key)
        {
            return key;
        }

        if (!IsPlain(id))
        {
            return null;
        }

        // A look that is under way may have asked just before the rotation, so it is only the first chance.
        if (LookUnderWay() is { } other)
        {
            await other.WaitAsync(ct);
        }

        if (Known(id) is null && LookForToken() is { } own)
        {
            await own.WaitAsync(ct);
        }

        return Known(id);
    }

    /// <summary>Asks the server anew, or joins the look that is under way.</summary>
    public Task<ServerAnswer> LookAsync()
    {
        lock (_gate)
        {
            return LookUnderWay() ?? (_look = AskAndKeepAsync());
        }
    }

    private PublishedKey? Known(string id) => _known?.GetValueOrDefault(id);

    private Task<ServerAnswer>? LookUnderWay()
    {
        lock (_gate)
        {
            return _look is { IsCompleted: false } ? _look : null;
        }
    }

    private Task<ServerAnswer>? LookForToken()
    {
        lock (_gate)
        {
            if (_lastLookForToken is { } last && _clock.GetElapsedTime(last) < _betweenLooks)
            {
                return LookUnderWay();
            }

            _lastLookForToken = _clock.GetTimestamp();
            return LookAsync();
        }
    }

    private async Task<ServerAnswer> AskAndKeepAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // never under the lock
        var answer = await server.AskAsync();
        _known = answer.Keys ?? _known;
        return answer;
    }

    private static bool IsPlain(string id) =>
        id.Length <= LongestPlainId && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '=');
}
