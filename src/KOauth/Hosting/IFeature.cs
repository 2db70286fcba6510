using System.CommandLine;

namespace KOauth.Hosting;

/// <summary>One thing KOauth does, in one folder. A feature implements only the parts it has.</summary>
internal interface IFeature
{
    void AddServices(IHostApplicationBuilder builder)
    {
    }

    void MapRoutes(IEndpointRouteBuilder routes)
    {
    }

    /// <summary>Adds commands under <paramref name="koauth"/>; services are asked for only when a command runs, so that <c>--help</c> opens no database.</summary>
    void AddCommands(RootCommand koauth, CommandServices services)
    {
    }
}
