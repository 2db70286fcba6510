using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Admin.Groups;

/// <summary><c>group add</c> and <c>group remove</c>.</summary>
internal sealed class GroupMembersCommand : StoreCommand
{
    private readonly Argument<string> _name = GroupName.Argument();
    private readonly Argument<string[]> _emails = new("EMAIL") { Description = "Whom, one or more", Arity = ArgumentArity.OneOrMore };
    private readonly bool _isIn;

    public GroupMembersCommand(CommandServices services, bool isIn)
        : base(isIn ? "add" : "remove", isIn ? "Put people into a group" : "Take people out of a group", services)
    {
        _isIn = isIn;
        Add(_name);
        Add(_emails);
    }

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var name = command.GetRequiredValue(_name);
        var outcome = await services.GetRequiredService<Grants.Groups>().ChangeAsync(name, command.GetRequiredValue(_emails), _isIn, Actor, ct);
        if (!outcome.Ok(out var changed, out var refusal))
        {
            return Refuse(command, refusal);
        }

        var emails = changed.Select(u => u.Email!).ToList();
        if (command.GetValue(Json))
        {
            command.PrintJson(new { name, changed = emails });
            return Done;
        }

        var whom = Printable.Text(string.Join(", ", emails));
        command.Output().WriteLine((_isIn, emails.Count) switch
        {
            (true, 0) => $"Nothing to change: they are in {name} already.",
            (false, 0) => $"Nothing to change: they are not in {name}.",
            (true, _) => $"Now in {name}: {whom}",
            (false, _) => $"No longer in {name}: {whom}",
        });
        return Done;
    }
}
