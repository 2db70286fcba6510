using System.CommandLine;
using KOauth.Hosting;
using KOauth.People;

namespace KOauth.Admin.Users;

internal sealed class ListUsersCommand(CommandServices services) : StoreCommand("list", "List the accounts", services)
{
    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var (users, total) = await services.GetRequiredService<Accounts>().ListAsync(ct);
        var views = users.Select(UserView.Of).ToList();
        if (command.GetValue(Json))
        {
            command.PrintJson(new { users = views, total });
            return Done;
        }

        if (total == 0)
        {
            command.Output().WriteLine("No accounts. Make one: koauth user create EMAIL");
            return Done;
        }

        command.PrintColumns(views
            .Select(u => (string[])[u.Email, u.Role, u.State, Sheet.Day(u.LastSignInAt)])
            .Prepend(["E-MAIL", "ROLE", "STATE", "LAST SIGN-IN"]));
        if (total > views.Count)
        {
            command.Output().WriteLine($"{views.Count} of {total} accounts are shown.");
        }

        return Done;
    }
}
