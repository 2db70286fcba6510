using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Admin.Stories;

/// <summary>
/// <c>koauth diagnose</c> (the seed's <c>oauth:diagnose</c>) reads the connection stories: every attempt is one record from the first
/// request to the last refresh, with the rule that decided, what was expected, what came, and the command that mends it. The list has a
/// line a story; <c>--story</c> tells one; <c>--client-id</c> adds what the client is set to and what was refused last.
/// </summary>
internal sealed class StoriesFeature : IFeature
{
    public void AddCommands(RootCommand koauth, CommandServices services) => koauth.Add(new DiagnoseCommand(services));
}
