using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Admin.Logs;

/// <summary>
/// <c>koauth logs</c>: what the server said, from its log file in the data directory, so that it works the same whatever runs the
/// server and catches its output. Needs no database.
/// </summary>
internal sealed class LogsFeature : IFeature
{
    public void AddCommands(RootCommand koauth, CommandServices services) => koauth.Add(new LogsCommand(services));
}
