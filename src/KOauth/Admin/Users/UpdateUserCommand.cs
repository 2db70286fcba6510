using System.CommandLine;
using KOauth.Hosting;
using KOauth.People;

namespace KOauth.Admin.Users;

/// <summary>Changes what an account may do. What <c>disable</c> ended stays ended when the account is made active again.</summary>
internal sealed class UpdateUserCommand : Command
{
    private const int Misused = 2;

    public UpdateUserCommand(CommandServices services)
        : base("update", "Change an account")
    {
        var email = UserFacts.EmailArgument();
        var admin = new Option<bool?>("--admin") { Description = "Make it an administrator, or with =false an ordinary user", Arity = ArgumentArity.ZeroOrOne };
        var active = new Option<bool?>("--active") { Description = "Let it sign in again, or with =false disable it", Arity = ArgumentArity.ZeroOrOne };
        Add(email);
        Add(admin);
        Add(active);
        SetAction(async (command, ct) =>
        {
            var (isAdmin, isActive) = (command.GetValue(admin), command.GetValue(active));
            if (isAdmin is null && isActive is null)
            {
                await command.Error().WriteLineAsync("Nothing to change is named. See: koauth user update --help");
                return Misused;
            }

            var accounts = (await services.OpenAsync(command, ct)).GetRequiredService<Accounts>();
            var user = await UserFacts.FindAsync(accounts, command.GetRequiredValue(email), ct);
            if (isActive is { } shouldBeActive && shouldBeActive == user.IsDisabled)
            {
                UserFacts.Value(shouldBeActive
                    ? await accounts.EnableAsync(user.Id, "cli", ct)
                    : await accounts.DisableAsync(user.Id, "cli", ct));
                await command.Output().WriteLineAsync($"{Printable.Text(user.Email!)}: {(shouldBeActive ? "disabled -> active" : "active -> disabled")}");
            }

            if (isAdmin is { } shouldBeAdmin && shouldBeAdmin != user.IsAdmin)
            {
                UserFacts.Value(await accounts.SetAdminAsync(user.Id, shouldBeAdmin, "cli", ct));
                await command.Output().WriteLineAsync($"{Printable.Text(user.Email!)}: {(shouldBeAdmin ? "user -> administrator" : "administrator -> user")}");
            }

            return 0;
        });
    }
}
