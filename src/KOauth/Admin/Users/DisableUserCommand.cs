using System.CommandLine;
using KOauth.Hosting;
using KOauth.People;

namespace KOauth.Admin.Users;

internal sealed class DisableUserCommand : Command
{
    public DisableUserCommand(CommandServices services)
        : base("disable", "End all access of an account at once; it signs in no more")
    {
        var email = UserFacts.EmailArgument();
        Add(email);
        SetAction(async (command, ct) =>
        {
            var accounts = (await services.OpenAsync(command, ct)).GetRequiredService<Accounts>();
            var user = await UserFacts.FindAsync(accounts, command.GetRequiredValue(email), ct);
            UserFacts.Value(await accounts.DisableAsync(user.Id, "cli", ct));
            await command.Output().WriteLineAsync(
                $"Disabled {Printable.Text(user.Email!)}. Its sessions and connections have ended. Undo: koauth user update {Printable.Text(user.Email!)} --active");
            return 0;
        });
    }
}
