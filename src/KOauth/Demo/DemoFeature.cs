using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Demo;

/// <summary>
/// <c>koauth demo</c>: a server, the sample MCP server protected with it, a person and the client <c>claude-mcp</c>; a scripted
/// client connects through the real pages and calls a tool; then everything stays up for the person to try.
/// <para>
/// It runs on loopback only, in a temporary directory of its own, with a password made for this run, so nothing of it can be
/// mistaken for, or harm, a real installation.
/// </para>
/// </summary>
internal sealed class DemoFeature : IFeature
{
    public void AddCommands(RootCommand koauth, CommandServices services) => koauth.Add(new DemoCommand());
}
