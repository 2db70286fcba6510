using System.CommandLine;
using KOauth.Hosting;
using KOauth.People;

namespace KOauth.Admin.Users;

internal sealed class ShowUserCommand : Command
{
    public ShowUserCommand(CommandServices services)
        : base("show", "Show an account")
    {
        var email = UserFacts.EmailArgument();
        var json = GlobalOptions.Json();
        Add(email);
        Add(json);
        SetAction(async (command, ct) =>
        {
            var accounts = (await services.OpenAsync(command, ct)).GetRequiredService<Accounts>();
            var facts = UserFacts.Of(await UserFacts.FindAsync(accounts, command.GetRequiredValue(email), ct));
            if (command.GetValue(json))
            {
                command.PrintJson(facts);
            }
            else
            {
                facts.Print(command);
            }

            return 0;
        });
    }
}
