using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Admin.Groups;

internal sealed class CreateGroupCommand : StoreCommand
{
    private readonly Argument<string> _name = GroupName.Argument();

    public CreateGroupCommand(CommandServices services)
        : base("create", "Make a group, with nobody in it", services) => Add(_name);

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var groups = services.GetRequiredService<Grants.Groups>();
        if (!(await groups.CreateAsync(command.GetRequiredValue(_name), Actor, ct)).Ok(out var group, out var refusal))
        {
            return Refuse(command, refusal);
        }

        if (command.GetValue(Json))
        {
            command.PrintJson(new { group.Name, group.CreatedAt });
        }
        else
        {
            command.Output().WriteLine($"Made the group {group.Name}. Next: koauth group add {group.Name} EMAIL, and koauth resource update URL --allow group:{group.Name}");
        }

        return Done;
    }
}
