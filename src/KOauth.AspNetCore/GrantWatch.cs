using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KOauth.AspNetCore;

/// <summary>
/// Talks with the authorization server about connections, in the background: tells it once that a connection arrived here, and asks every
/// 30 seconds, while tokens come in, which ones are over although their tokens have not expired. No request waits for it; without the
/// server, or with one that offers neither, everything goes on by signatures alone.
/// </summary>
internal sealed partial class GrantWatch : BackgroundService
{
    public const string GrantClaim = "grant_id";

    private const int MaxRemembered = 10_000;
    private const int MaxWaiting = 256;
    private const int LongestId = 64;

    private static readonly TimeSpan _every = TimeSpan.FromSeconds(30);

    private readonly AuthorizationServer _server;
    private readonly ILogger<GrantWatch> _logger;
    private readonly bool _isOn;
    private readonly PeriodicTimer _timer;
    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);
    private readonly Channel<Report> _reports = Channel.CreateBounded<Report>(new BoundedChannelOptions(MaxWaiting)
    {
        FullMode = BoundedChannelFullMode.DropWrite,
        SingleReader = true,
    });

    private volatile IReadOnlySet<string> _ended = new HashSet<string>();
    private volatile bool _cameIn;
    private volatile bool _mayTellRefusal = true;

    public GrantWatch(AuthorizationServer server, IOptionsMonitor<KOauthOptions> monitor, ILogger<GrantWatch> logger)
    {
        var options = monitor.Get(KOauthDefaults.AuthenticationScheme);
        (_server, _logger, _isOn) = (server, logger, options.Reports);
        _timer = new PeriodicTimer(_every, options.TimeProvider!);
    }

    /// <summary>Whether the connection of a good token is over. Notes that it came in.</summary>
    public bool HasEnded(string? grantId, string token)
    {
        if (!_isOn || grantId is not { Length: > 0 and <= LongestId })
        {
            return false;
        }

        _cameIn = true;
        if (_ended.Contains(grantId))
        {
            return true;
        }

        if (_seen.Count >= MaxRemembered)
        {
            _seen.Clear();
        }

        if (_server.SeenAddress is not null && _seen.TryAdd(grantId, true))
        {
            _reports.Writer.TryWrite(new Report(token, Refused: null));
        }

        return false;
    }

    /// <summary>A token for somebody else arrived. Anybody can send such tokens, so it is told at most every 30 seconds.</summary>
    public void RefusedAudience(string token)
    {
        if (_isOn && _mayTellRefusal && _server.SeenAddress is not null)
        {
            _mayTellRefusal = false;
            _reports.Writer.TryWrite(new Report(token, "audience"));
        }
    }

    public override void Dispose()
    {
        _timer.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        _isOn ? Task.WhenAll(TellAsync(stoppingToken), AskAsync(stoppingToken)) : Task.CompletedTask;

    private async Task TellAsync(CancellationToken ct)
    {
        await foreach (var report in _reports.Reader.ReadAllAsync(ct))
        {
            await _server.TellSeenAsync(report.Token, report.Refused, ct); // what fails is lost, and no harm
        }
    }

    private async Task AskAsync(CancellationToken ct)
    {
        while (await _timer.WaitForNextTickAsync(ct))
        {
            _mayTellRefusal = true;
            if (!_cameIn)
            {
                continue;
            }

            _cameIn = false;
            if (await _server.AskEndedAsync(ct) is { } ended)
            {
                var news = ended.Count(id => !_ended.Contains(id));
                _ended = ended;
                if (news > 0)
                {
                    LogEnded(_logger, news);
                }
            }
        }
    }

    private sealed record Report(string Token, string? Refused);

    [LoggerMessage(LogLevel.Information, "Connections that ended since the last look: {Count}. Their access tokens are refused.")]
    private static partial void LogEnded(ILogger logger, int count);
}
