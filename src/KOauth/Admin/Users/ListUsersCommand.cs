using System.CommandLine;
using KOauth.Hosting;
using KOauth.People;

namespace KOauth.Admin.Users;

internal sealed class ListUsersCommand : Command
{
    public ListUsersCommand(CommandServices services)
        : base("list", "List the accounts")
    {
        var json = GlobalOptions.Json();
        Add(json);
        SetAction(async (command, ct) =>
        {
            var accounts = (await services.OpenAsync(command, ct)).GetRequiredService<Accounts>();
            var users = (await accounts.ListAsync(ct)).Select(UserFacts.Of).ToList();
            if (command.GetValue(json))
            {
                command.PrintJson(users);
            }
            else if (users.Count == 0)
            {
                await command.Output().WriteLineAsync("There is no account yet. Make one: koauth user create EMAIL");
            }
            else
            {
                command.PrintColumns(
                [
                    ["E-MAIL", "ROLE", "STATE", "LAST SIGN-IN"],
                    .. users.Select(u => (string?[])
                        [u.Email, u.Admin ? "administrator" : "user", u.Active ? "active" : "disabled", UserFacts.Time(u.LastSignInAt)]),
                ]);
            }

            return 0;
        });
    }
}
