using System.CommandLine;
using System.Globalization;
using KOauth.Hosting;

namespace KOauth.Admin.Groups;

internal sealed class ListGroupsCommand(CommandServices services) : StoreCommand("list", "List the groups", services)
{
    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var (groups, total) = await services.GetRequiredService<Grants.Groups>().ListAsync(ct);
        if (command.GetValue(Json))
        {
            command.PrintJson(new { groups, total });
            return Done;
        }

        if (total == 0)
        {
            command.Output().WriteLine("No groups. Make one: koauth group create NAME");
            return Done;
        }

        command.PrintColumns(groups
            .Select(g => (string[])[g.Name, g.Members.ToString(CultureInfo.InvariantCulture), Sheet.Day(g.CreatedAt)])
            .Prepend(["NAME", "MEMBERS", "CREATED"]));
        if (total > groups.Count)
        {
            command.Output().WriteLine($"{groups.Count} of {total} groups are shown.");
        }

        return Done;
    }
}
