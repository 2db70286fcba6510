using System.CommandLine;
using KOauth.Data;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Resources;

namespace KOauth.Admin.Resources;

internal sealed class UpdateResourceCommand : StoreCommand
{
    private readonly Argument<string> _url = ResourceUrl.Argument();
    private readonly ScopeOptions _options = new();
    private readonly Option<string[]> _add = ListOptions.Repeated("--add-scope", "Add one scope", "S");
    private readonly Option<string[]> _remove = ListOptions.Repeated("--remove-scope", "Remove one scope", "S");

    public UpdateResourceCommand(CommandServices services)
        : base("update", "Change a resource and print old and new values", services)
    {
        Add(_url);
        _options.AddTo(this);
        Add(_add);
        Add(_remove);
        Validators.Add(result =>
        {
            if (!ScopeOptions.AnyGiven(result, Json))
            {
                result.AddError("There is nothing to change: name what, such as --scopes.");
            }
        });
    }

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var url = command.GetRequiredValue(_url);
        if (!(await _options.ReadAsync(command, services, ct)).Ok(out var wanted, out var wrong))
        {
            return Refuse(command, wrong);
        }

        var change = wanted with { AddScopes = command.GetValue(_add) ?? [], RemoveScopes = command.GetValue(_remove) ?? [] };
        if (!ResourceUri.Parse(url).Ok(out var uri, out _))
        {
            return await ResourceUrl.RefuseUnknownAsync(command, url, services, ct);
        }

        if (!(await services.GetRequiredService<ResourceRegistry>().ChangeAsync(uri, change, Actor, ct)).Ok(out var changed, out var refusal))
        {
            return refusal.Reason == Reasons.ResourceUnknown
                ? await ResourceUrl.RefuseUnknownAsync(command, url, services, ct)
                : Refuse(command, refusal);
        }

        var changes = await InWordsAsync(changed.Changes, services, ct);
        if (command.GetValue(Json))
        {
            command.PrintJson(new
            {
                uri = changed.Resource.Uri,
                changes = changes.Select(c => new { c.Name, c.Old, c.New }),
                resource = await ResourceView.ReadAsync(changed.Resource, services, ct),
            });
            return Done;
        }

        command.Output().WriteLine(changes.Count == 0 ? $"Nothing to change: {changed.Resource.Uri} is so already." : $"Changed {changed.Resource.Uri}.");
        command.PrintChanges(changes);
        return Done;
    }

    /// <summary>Lists of who may use it hold ids; people read addresses and names.</summary>
    private static async Task<IReadOnlyList<FactChange>> InWordsAsync(IReadOnlyList<FactChange> changes, IServiceProvider services, CancellationToken ct)
    {
        var words = services.GetRequiredService<AllowWords>();
        var said = new List<FactChange>();
        foreach (var change in changes)
        {
            said.Add(change.Name != ResourceFacts.Allow ? change : change with
            {
                Old = await words.WriteAsync((IReadOnlyList<string>?)change.Old, ct),
                New = await words.WriteAsync((IReadOnlyList<string>?)change.New, ct),
            });
        }

        return said;
    }
}
