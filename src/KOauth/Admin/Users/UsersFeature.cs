using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Admin.Users;

/// <summary>
/// <c>koauth user …</c>: accounts from the command line. What pages may do with accounts goes through the same
/// <see cref="People.Accounts"/>, with the same rules and audit rows. A password never stands on a command line, where other users
/// of the machine and the shell's history see it.
/// </summary>
internal sealed class UsersFeature : IFeature
{
    public void AddCommands(RootCommand koauth, CommandServices services) => koauth.Add(
        new Command("user", "People who can sign in")
        {
            new CreateUserCommand(services),
            new ListUsersCommand(services),
            new ShowUserCommand(services),
            new UpdateUserCommand(services),
            new DisableUserCommand(services),
            new EnableUserCommand(services),
            new UserLinkCommand(services, isInvitation: true),
            new UserLinkCommand(services, isInvitation: false),
        });
}
