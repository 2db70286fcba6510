using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Account.Setup;

/// <summary>
/// <c>GET, POST /account/setup?token=…</c> and <c>koauth setup-link</c>: how the first administrator comes to be. A server without
/// one makes a link when it starts, writes it to <c>DATA/setup-link</c> (readable by the owner alone) and shows it on a terminal,
/// never in a log. Opening the link uses nothing up; the form claims it, once.
/// </summary>
internal sealed class SetupFeature : IFeature
{
    public void AddServices(IHostApplicationBuilder builder) => builder.Services.AddHostedService<SetupAnnouncement>();

    public void AddCommands(RootCommand koauth, CommandServices services) => koauth.Add(new SetupLinkCommand(services));
}
