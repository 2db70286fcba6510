using KOauth.Hosting;

namespace KOauth.Health;

/// <summary>
/// Between "stop" and the closing of the listener: readiness says no, everything else is answered as before, and connections are
/// not kept, so that a load balancer finds its way elsewhere before a request could meet a closed port.
/// </summary>
internal sealed partial class Drain(KOauthSettings settings, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<Drain> logger)
    : IHostedLifecycleService
{
    /// <summary>The host waits for this before it stops anything.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        lifetime.StopApplication(); // readiness looks at it; a signal has done so already
        if (settings.DrainDelay == TimeSpan.Zero)
        {
            return;
        }

        LogDraining(Duration.Text(settings.DrainDelay));
        await Task.Delay(settings.DrainDelay, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Told to stop: not ready any more, still answering for {Delay}")]
    private partial void LogDraining(string delay);
}

internal static class DrainConnections
{
    /// <summary>While it drains, the last answer on each connection says so (RFC 9112 §9.6).</summary>
    public static void UseDrain(this IApplicationBuilder app)
    {
        var stopping = app.ApplicationServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        app.Use((http, next) =>
        {
            if (stopping.IsCancellationRequested && HttpProtocol.IsHttp11(http.Request.Protocol))
            {
                http.Response.Headers.Connection = "close";
            }

            return next(http);
        });
    }
}
