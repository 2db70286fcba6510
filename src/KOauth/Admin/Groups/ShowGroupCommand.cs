using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Admin.Groups;

internal sealed class ShowGroupCommand : StoreCommand
{
    private readonly Argument<string> _name = GroupName.Argument();

    public ShowGroupCommand(CommandServices services)
        : base("show", "Show who is in a group and what it may use", services) => Add(_name);

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var name = command.GetRequiredValue(_name);
        if (await services.GetRequiredService<Grants.Groups>().FindAsync(name, ct) is not { } group)
        {
            return Refuse(command, Grants.Groups.Unknown(name));
        }

        if (command.GetValue(Json))
        {
            command.PrintJson(group);
            return Done;
        }

        command.PrintFacts(
        [
            new("name", "Name", group.Name),
            new("createdAt", "Created", group.CreatedAt),
            new("members", "Members", group.Members),
            new("resources", "May use", group.Resources),
        ]);
        if (group.Count > group.Members.Count)
        {
            command.Output().WriteLine($"{group.Members.Count} of {group.Count} members are shown.");
        }

        return Done;
    }
}
