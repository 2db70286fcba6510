using System.CommandLine;
using KOauth.Hosting;
using KOauth.People;

namespace KOauth.Admin.Users;

internal sealed class DisableUserCommand : StoreCommand
{
    private readonly Argument<string> _email = UserEmail.Argument();

    public DisableUserCommand(CommandServices services)
        : base("disable", "End all access of an account at once; it signs in no more", services) => Add(_email);

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var accounts = services.GetRequiredService<Accounts>();
        var email = command.GetRequiredValue(_email);
        if (await accounts.FindAsync(email, ct) is not { } user)
        {
            return Refuse(command, UserEmail.Unknown(email));
        }

        if (!(await accounts.UpdateAsync(user.Id, isAdmin: null, isActive: false, Actor, ct)).Ok(out var disabled, out var refusal))
        {
            return Refuse(command, refusal);
        }

        if (command.GetValue(Json))
        {
            command.PrintJson(UserView.Of(disabled));
        }
        else
        {
            var name = Printable.Text(disabled.Email!);
            command.Output().WriteLine($"Disabled {name}. Its sessions and connections have ended. Undo: koauth user update {name} --active");
        }

        return Done;
    }
}
