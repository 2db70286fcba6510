using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KOauth.AspNetCore;

/// <summary>
/// Looks at the authorization server when this one starts and from then on in the background: every ten minutes while all is well, so
/// that keys taken out of service are forgotten, and with growing pauses while it is not. Says once what it finds, and again only when
/// that changes. The start never waits for it.
/// </summary>
internal sealed partial class ServerWatch(SigningKeys keys, IOptionsMonitor<KOauthOptions> monitor, ILogger<ServerWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan _whileWell = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan _longestRetry = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var options = monitor.Get(KOauthDefaults.AuthenticationScheme);
        var retry = TimeSpan.FromSeconds(1);
        string? said = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var answer = await keys.LookAsync().WaitAsync(stoppingToken);
            retry = answer.Keys is null ? TimeSpan.FromTicks(Math.Min(retry.Ticks * 2, _longestRetry.Ticks)) : TimeSpan.FromSeconds(1);

            // The pause begins before the line is written: whoever reads it can count on the next look.
            var pause = Task.Delay(answer.Keys is null ? retry : _whileWell, options.TimeProvider!, stoppingToken);
            var saying = answer.Problem ?? "";
            if (saying != said)
            {
                Say(options, answer);
                said = saying;
            }

            await pause;
        }
    }

    private void Say(KOauthOptions options, ServerAnswer answer)
    {
        if (!answer.IsReachable)
        {
            LogUnreachable(options.Issuer, answer.Problem!, keys.AreKnown ? "the keys known so far stay in use" : "no token can be checked until it does");
        }
        else if (answer.Problem is not null)
        {
            LogDifferent(options.Issuer, answer.Problem);
        }
        else
        {
            LogConfirmed(options.Issuer, answer.Keys!.Count, options.Resource);
        }
    }

    [LoggerMessage(LogLevel.Information, "KOauth: {Issuer} is confirmed, its metadata names the same issuer. Signing keys: {Keys}. Its tokens for {Resource} are accepted.")]
    private partial void LogConfirmed(string issuer, int keys, string resource);

    [LoggerMessage(LogLevel.Error, "KOauth: {Issuer} is not as expected: {Problem}.")]
    private partial void LogDifferent(string issuer, string problem);

    [LoggerMessage(LogLevel.Warning, "KOauth: {Issuer} does not answer ({Reason}); {Consequence}. Trying again in the background.")]
    private partial void LogUnreachable(string issuer, string reason, string consequence);
}
