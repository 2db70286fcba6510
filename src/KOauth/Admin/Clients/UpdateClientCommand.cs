using System.CommandLine;
using System.CommandLine.Parsing;
using KOauth.Clients;
using KOauth.Data;
using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Resources;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Admin.Clients;

/// <summary>Changes a client and prints old and new; a change that is there already is said, not repeated.</summary>
internal sealed class UpdateClientCommand : StoreCommand
{
    private readonly Argument<string> _id = ClientId.Argument();
    private readonly ClientOptions _options = new();
    private readonly Option<string[]> _add = ListOptions.Repeated("--add-redirect-uri", "Add one redirect URI", "U");
    private readonly Option<string[]> _remove = ListOptions.Repeated("--remove-redirect-uri", "Remove one redirect URI", "U");
    private readonly Option<bool?> _active = new("--active") { Description = "Whether it works at all; =false switches it off, its connections sleep" };
    private readonly Option<bool> _create = new("--create") { Description = "Register it when there is none" };
    private readonly Option<bool> _view = new("--view") { Description = "Only print it, as client show does" };
    private readonly bool _alwaysCreates;

    public UpdateClientCommand(string name, CommandServices services, bool alwaysCreates)
        : base(name, alwaysCreates ? "Change a client; register it when there is none" : "Change a client", services, mayCreate: alwaysCreates)
    {
        _alwaysCreates = alwaysCreates;
        Add(_id);
        _options.AddTo(this);
        Add(_add);
        Add(_remove);
        Add(_active);
        Add(_create);
        Add(_view);
        Validators.Add(SomethingToDo);
    }

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var id = command.GetRequiredValue(_id);
        if (command.GetValue(_view))
        {
            return await ShowClientCommand.PrintAsync(command, id, command.GetValue(Json), services, ct);
        }

        var change = Read(command);
        var outcome = await services.GetRequiredService<ClientRegistry>().ChangeAsync(id, change, Actor, ct);
        if (outcome.Ok(out var changed, out var refusal))
        {
            return await TellAsync(command, changed, change, services, ct);
        }

        if (refusal.Reason != Reasons.ClientUnknown)
        {
            return Refuse(command, refusal);
        }

        if (!_alwaysCreates && !command.GetValue(_create))
        {
            return Refuse(command, $"There is no client '{id}'. Register it:", RegisterLine.For(id, change));
        }

        var resources = await services.GetRequiredService<ResourceDirectory>().AllAsync(ct);
        var client = NewClient.From(id, preset: null, isPublic: null, change, resources);
        return await RegisterClientCommand.RegisterAsync(command, client, resources, command.GetValue(Json), services, ct);
    }

    private ClientChange Read(ParseResult command) => _options.Read(command) with
    {
        AddRedirectUris = command.GetValue(_add) ?? [],
        RemoveRedirectUris = command.GetValue(_remove) ?? [],
        Active = command.GetValue(_active),
    };

    private async Task<int> TellAsync(ParseResult command, ChangedClient changed, ClientChange change, IServiceProvider services, CancellationToken ct)
    {
        var id = changed.Client.ClientId;
        await using var db = await services.GetRequiredService<IDbContextFactory<KOauthDb>>().CreateDbContextAsync(ct);
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var view = await ClientView.FindAsync(db, id, services.GetRequiredService<KOauthSettings>(), now, ct);
        if (command.GetValue(Json))
        {
            command.PrintJson(new
            {
                clientId = id,
                changes = changed.Changes.Select(c => new { c.Name, c.Old, c.New }),
                client = view,
                warnings = changed.Advice,
            });
            return Done;
        }

        var output = command.Output();
        output.WriteLine(changed.Changes.Count == 0 ? $"Nothing to change: '{id}' is so already." : $"Changed client '{id}'.");
        command.PrintChanges(changed.Changes);
        foreach (var note in Idle(changed, change))
        {
            output.WriteLine(note);
        }

        if (changed.Changes.Any(c => c.Name == "active") && view is { Active: false, LiveConnections: > 0 })
        {
            output.WriteLine($"{LiveConnections.Words(view.LiveConnections)} sleep until it is active again.");
        }

        foreach (var advice in changed.Advice)
        {
            Warn(command, advice.Message, advice.Fix);
        }

        return Done;
    }

    /// <summary>What was asked for and was so before: nothing is ignored without a word.</summary>
    private static IEnumerable<string> Idle(ChangedClient changed, ClientChange change)
    {
        var before = changed.Changes.FirstOrDefault(c => c.Name == "redirectUris")?.Old as IReadOnlyList<string> ?? changed.Client.RedirectUris;
        return change.AddRedirectUris.Where(before.Contains).Select(uri => $"Was registered already: {Printable.Text(uri)}")
            .Concat(change.RemoveRedirectUris.Where(uri => !before.Contains(uri)).Select(uri => $"Was not registered: {Printable.Text(uri)}"));
    }

    /// <summary>A wrapper that swallows options leaves only the id: then nothing may happen, least of all the making of a client.</summary>
    private void SomethingToDo(CommandResult result)
    {
        var given = result.Children.OfType<OptionResult>()
            .Where(o => !o.Implicit && o.Option != _create && o.Option != Json && !o.Option.Recursive)
            .Select(o => o.Option).ToList();
        if (given.Count == 0)
        {
            result.AddError("There is nothing to change: name what, such as --redirect-uris, or use --view. If npm ran this, it may have swallowed the options: put -- before them.");
        }
        else if (given.Contains(_view) && (given.Count > 1 || result.GetResult(_create) is { Implicit: false }))
        {
            result.AddError("--view only prints the client; it cannot be combined with a change.");
        }
    }
}
