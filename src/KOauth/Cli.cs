using System.CommandLine;

namespace KOauth;

/// <summary>The command line: every feature adds its commands.</summary>
internal static class Cli
{
    public static Task<int> RunAsync(string[] args)
    {
        var koauth = new RootCommand("A sign-in server for MCP servers.");
        return koauth.Parse(args).InvokeAsync();
    }
}
