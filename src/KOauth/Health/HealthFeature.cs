using KOauth.Hosting;

namespace KOauth.Health;

/// <summary>
/// <c>GET /health/live</c> says that the process runs, <c>GET /health/ready</c> that it can serve: the database answers, the keys are
/// there, and nobody has told it to stop. A database that is down turns only the second red, so that an orchestrator takes the node
/// out instead of restarting it. A server that was told to stop is not ready from that moment, and with <c>KOAUTH_DRAIN_DELAY</c>
/// goes on serving for a while. Reasons and warnings are told to this machine only.
/// </summary>
internal sealed class HealthFeature : IFeature
{
    public void AddServices(IHostApplicationBuilder builder) => builder.Services
        .AddSingleton<Readiness>()
        .AddHostedService<Drain>();

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(HealthEndpoint.LivePath, ["GET", "HEAD"], HealthEndpoint.Live);
        routes.MapMethods(HealthEndpoint.ReadyPath, ["GET", "HEAD"], HealthEndpoint.ReadyAsync);
    }
}
