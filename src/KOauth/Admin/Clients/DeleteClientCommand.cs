using System.CommandLine;
using KOauth.Clients;
using KOauth.Data;
using KOauth.Hosting;
using Microsoft.EntityFrameworkCore;
using Spectre.Console;

namespace KOauth.Admin.Clients;

/// <summary>Deletes at once, except that it asks a person on a terminal while somebody is connected.</summary>
internal sealed class DeleteClientCommand : StoreCommand
{
    private readonly Argument<string> _id = ClientId.Argument();

    public DeleteClientCommand(CommandServices services)
        : base("delete", "Delete a client and end its connections", services) => Add(_id);

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var id = command.GetRequiredValue(_id);
        var live = await LiveAsync(id, services, ct);
        if (live > 0 && Services.IsTerminal && !command.GetValue(Json)
            && !await Services.Terminal(command.Output()).ConfirmAsync(
                Markup.Escape($"Delete '{id}' and end {LiveConnections.Words(live)}?"), defaultValue: false, ct))
        {
            return Refuse(command, "Nothing was deleted.");
        }

        if (!await services.GetRequiredService<ClientRegistry>().DeleteAsync(id, Actor, ct))
        {
            return await ClientId.RefuseUnknownAsync(command, id, services, ct);
        }

        if (command.GetValue(Json))
        {
            command.PrintJson(new { clientId = id, deleted = true, endedConnections = live });
        }
        else
        {
            var lifetime = Duration.Text(services.GetRequiredService<KOauthSettings>().AccessTokenLifetime);
            command.Output().WriteLine(
                $"Deleted client '{Printable.Text(id)}'. {(live == 0 ? "Nobody was connected." : $"{LiveConnections.Words(live)} ended; access tokens already issued run out within {lifetime}.")}");
        }

        return Done;
    }

    private static async Task<int> LiveAsync(string id, IServiceProvider services, CancellationToken ct)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<KOauthDb>>().CreateDbContextAsync(ct);
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        return await LiveConnections.In(db, services.GetRequiredService<KOauthSettings>(), now)
            .CountAsync(g => db.Clients.Any(c => c.ClientId == id && c.Key == g.ClientKey), ct);
    }
}
