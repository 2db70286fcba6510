using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KOauth.AspNetCore;

/// <summary>Compares what was configured with what was mapped, once everything is mapped: mistakes that nobody would notice before a client does.</summary>
internal sealed partial class EndpointCheck(
    EndpointDataSource endpoints, IOptionsMonitor<KOauthOptions> monitor, ILogger<EndpointCheck> logger) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (endpoints.Endpoints.FirstOrDefault(endpoint => endpoint.Metadata.GetMetadata<RequireScopeAttribute>() is not null) is { } open)
        {
            throw new InvalidOperationException(
                $"[RequireScope] is for MCP tools, prompts and resources and does not protect '{open.DisplayName}'. Write .RequireScope(…) behind the endpoint's mapping.");
        }

        var options = monitor.Get(KOauthDefaults.AuthenticationScheme);
        var path = options.Path.Trim('/');
        if (path.Length > 0 && !endpoints.Endpoints.OfType<RouteEndpoint>().Any(endpoint => IsAt(endpoint, path)))
        {
            LogNothingThere(options.Path, options.Resource);
        }

        var address = new Uri(options.BaseUrl);
        if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback)
        {
            LogReadable(options.BaseUrl);
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool IsAt(RouteEndpoint endpoint, string path) =>
        string.Equals(endpoint.RoutePattern.RawText?.Trim('/'), path, StringComparison.OrdinalIgnoreCase);

    [LoggerMessage(LogLevel.Warning, "KOauth: nothing is mapped at {Path}, but clients are told that the protected resource is {Resource}. Set KOauthOptions.Path to where the MCP endpoint is mapped, or to an empty string for the root.")]
    private partial void LogNothingThere(string path, string resource);

    [LoggerMessage(LogLevel.Warning, "KOauth: BASE_URL is {BaseUrl}. Without https:// access tokens can be read on the way, and most clients refuse to connect.")]
    private partial void LogReadable(string baseUrl);
}
