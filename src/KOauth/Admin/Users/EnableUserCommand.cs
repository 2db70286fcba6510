using System.CommandLine;
using KOauth.Hosting;
using KOauth.People;

namespace KOauth.Admin.Users;

internal sealed class EnableUserCommand : StoreCommand
{
    private readonly Argument<string> _email = UserEmail.Argument();

    public EnableUserCommand(CommandServices services)
        : base("enable", "Let a disabled account sign in again; what was ended stays ended", services) => Add(_email);

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var accounts = services.GetRequiredService<Accounts>();
        var email = command.GetRequiredValue(_email);
        if (await accounts.FindAsync(email, ct) is not { } user)
        {
            return Refuse(command, UserEmail.Unknown(email));
        }

        if (!(await accounts.UpdateAsync(user.Id, isAdmin: null, isActive: true, Actor, ct)).Ok(out var enabled, out var refusal))
        {
            return Refuse(command, refusal);
        }

        if (command.GetValue(Json))
        {
            command.PrintJson(UserView.Of(enabled));
        }
        else
        {
            command.Output().WriteLine($"Enabled {Printable.Text(enabled.Email!)}. Apps have to be connected again.");
        }

        return Done;
    }
}
