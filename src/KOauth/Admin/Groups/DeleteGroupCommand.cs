using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Admin.Groups;

internal sealed class DeleteGroupCommand : StoreCommand
{
    private readonly Argument<string> _name = GroupName.Argument();

    public DeleteGroupCommand(CommandServices services)
        : base("delete", "Delete a group; who used a resource only through it may no more", services) => Add(_name);

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var name = command.GetRequiredValue(_name);
        if (!(await services.GetRequiredService<Grants.Groups>().DeleteAsync(name, Actor, ct)).Ok(out var resources, out var refusal))
        {
            return Refuse(command, refusal);
        }

        if (command.GetValue(Json))
        {
            command.PrintJson(new { name, deleted = true, resources });
            return Done;
        }

        command.Output().WriteLine($"Deleted the group {name}.");
        if (resources.Count > 0)
        {
            command.Output().WriteLine($"Taken off the list of: {string.Join(", ", resources)}");
        }

        return Done;
    }
}
