using System.CommandLine;
using KOauth.Data;
using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Resources;
using Microsoft.EntityFrameworkCore;
using Spectre.Console;

namespace KOauth.Admin.Resources;

/// <summary>Deletes at once, except that it asks a person on a terminal while somebody is connected.</summary>
internal sealed class DeleteResourceCommand : StoreCommand
{
    private readonly Argument<string> _url = ResourceUrl.Argument();

    public DeleteResourceCommand(CommandServices services)
        : base("delete", "Delete a resource and end its connections", services) => Add(_url);

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var url = command.GetRequiredValue(_url);
        if (await ResourceUrl.FindAsync(url, services, ct) is not { } resource || !ResourceUri.Parse(resource.Uri).Ok(out var uri, out _))
        {
            return await ResourceUrl.RefuseUnknownAsync(command, url, services, ct);
        }

        var live = await LiveAsync(resource, services, ct);
        if (live > 0 && Services.IsTerminal && !command.GetValue(Json)
            && !await Services.Terminal(command.Output()).ConfirmAsync(
                Markup.Escape($"Delete {resource.Uri} and end {LiveConnections.Words(live)}?"), defaultValue: false, ct))
        {
            return Refuse(command, "Nothing was deleted.");
        }

        if (await services.GetRequiredService<ResourceRegistry>().DeleteAsync(uri, Actor, ct) is not { } deleted)
        {
            return await ResourceUrl.RefuseUnknownAsync(command, url, services, ct);
        }

        if (command.GetValue(Json))
        {
            command.PrintJson(new { uri = resource.Uri, deleted = true, endedConnections = live, limitedClients = deleted.Clients });
            return Done;
        }

        var lifetime = Duration.Text(services.GetRequiredService<KOauthSettings>().AccessTokenLifetime);
        command.Output().WriteLine(
            $"Deleted {resource.Uri}. {(live == 0 ? "Nobody was connected." : $"{LiveConnections.Words(live)} ended; access tokens already issued run out within {lifetime}.")}");
        if (deleted.Clients.Count > 0)
        {
            command.Output().WriteLine($"Taken off the list of: {string.Join(", ", deleted.Clients)}");
        }

        return Done;
    }

    private static async Task<int> LiveAsync(Resource resource, IServiceProvider services, CancellationToken ct)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<KOauthDb>>().CreateDbContextAsync(ct);
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        return await LiveConnections.In(db, services.GetRequiredService<KOauthSettings>(), now).CountAsync(g => g.ResourceKey == resource.Key, ct);
    }
}
