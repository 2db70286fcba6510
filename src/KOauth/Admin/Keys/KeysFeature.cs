using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Admin.Keys;

/// <summary>
/// <c>koauth keys …</c>: the keys that sign tokens, and the master key that wraps all keys of the database. A running server takes
/// up what a command changes within a second (docs/decisions/0019-changing-keys.md).
/// </summary>
internal sealed class KeysFeature : IFeature
{
    public void AddCommands(RootCommand koauth, CommandServices services) =>
        koauth.Add(new Command("keys", "The keys that sign tokens, and the master key")
        {
            new ListKeysCommand(services),
            new RotateKeysCommand(services),
            new RevokeKeyCommand(services),
            new RewrapKeysCommand(services),
        });
}
