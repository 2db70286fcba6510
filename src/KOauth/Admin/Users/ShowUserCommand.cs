using System.CommandLine;
using KOauth.Hosting;
using KOauth.People;

namespace KOauth.Admin.Users;

internal sealed class ShowUserCommand : StoreCommand
{
    private readonly Argument<string> _email = UserEmail.Argument();

    public ShowUserCommand(CommandServices services)
        : base("show", "Show an account", services) => Add(_email);

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var email = command.GetRequiredValue(_email);
        if (await services.GetRequiredService<Accounts>().FindAsync(email, ct) is not { } user)
        {
            return Refuse(command, UserEmail.Unknown(email));
        }

        var view = UserView.Of(user) with { Identities = await services.GetRequiredService<LinkedIdentities>().OfAsync(user.Id, ct) };
        if (command.GetValue(Json))
        {
            command.PrintJson(view);
        }
        else
        {
            view.Print(command);
        }

        return Done;
    }
}
