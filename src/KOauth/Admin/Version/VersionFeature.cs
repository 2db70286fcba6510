using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Admin.Version;

/// <summary>
/// <c>koauth version</c> says what runs: KOauth's own version, .NET's and the operating system's, as a bug report wants them. The server
/// tells its version to nobody (HD-06).
/// </summary>
internal sealed class VersionFeature : IFeature
{
    public void AddCommands(RootCommand koauth, CommandServices services) => koauth.Add(new VersionCommand());
}
