using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Admin.Resources;

/// <summary>
/// <c>koauth resource …</c>: the MCP servers and APIs that tokens may be issued for (RFC 8707). A URL not registered here never
/// becomes an audience. Every rule is in <see cref="KOauth.Resources.ResourceRules"/>, every change in the audit log.
/// </summary>
internal sealed class ResourcesFeature : IFeature
{
    public void AddCommands(RootCommand koauth, CommandServices services) =>
        koauth.Add(new Command("resource", "MCP servers and APIs that tokens may be issued for")
        {
            new RegisterResourceCommand(services),
            new ListResourcesCommand(services),
            new ShowResourceCommand(services),
            new UpdateResourceCommand(services),
            new DeleteResourceCommand(services),
            new Command("secret", "The credential by which an MCP server asks about tokens")
            {
                new RotateResourceSecretCommand(services),
            },
        });
}
