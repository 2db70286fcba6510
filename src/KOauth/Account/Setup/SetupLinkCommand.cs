using System.CommandLine;
using KOauth.Hosting;
using KOauth.People;

namespace KOauth.Account.Setup;

/// <summary>Makes a new link, also when there are administrators: the way in for an owner who lost every account.</summary>
internal sealed class SetupLinkCommand : Command
{
    public SetupLinkCommand(CommandServices services)
        : base("setup-link", "Make a link that creates an administrator; valid for one hour, once")
    {
        SetAction(async (command, ct) =>
        {
            var links = (await services.OpenAsync(command, ct)).GetRequiredService<SetupLinks>();
            var link = await links.CreateAsync("cli", ct);
            await command.Output().WriteLineAsync(services.IsTerminal
                ? link
                : $"The link is in {links.FilePath}. It is valid for one hour and works once."); // pipes end in logs
            return 0;
        });
    }
}
