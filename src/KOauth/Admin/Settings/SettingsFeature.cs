using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Admin.Settings;

/// <summary>
/// <c>koauth config show</c> prints every setting: the value in effect, where it came from, and its default; then what the outside sees: public URL, metadata, cookies, proxies, and hints. It opens no database, so
/// it also works when the server refuses to start, and then names every problem and exits 1. Secrets are never printed.
/// </summary>
internal sealed class SettingsFeature : IFeature
{
    public void AddCommands(RootCommand koauth, CommandServices services) =>
        koauth.Add(new Command("config", "What the server is set to") { new ShowConfigCommand(services) });
}
