using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Admin.Groups;

/// <summary>
/// <c>koauth group …</c>: names for several people, so that access to a resource is given once
/// (<c>koauth resource update URL --allow group:NAME</c>). A change is felt by the very next request.
/// </summary>
internal sealed class GroupsFeature : IFeature
{
    public void AddCommands(RootCommand koauth, CommandServices services) => koauth.Add(
        new Command("group", "Groups of people, to give access once")
        {
            new CreateGroupCommand(services),
            new ListGroupsCommand(services),
            new ShowGroupCommand(services),
            new DeleteGroupCommand(services),
            new GroupMembersCommand(services, isIn: true),
            new GroupMembersCommand(services, isIn: false),
        });
}
