using System.CommandLine;
using KOauth.Data;
using KOauth.Hosting;
using KOauth.Resources;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Admin.Resources;

internal sealed class ListResourcesCommand(CommandServices services)
    : StoreCommand("list", "List the MCP servers and APIs that tokens may be issued for", services)
{
    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var resources = await services.GetRequiredService<ResourceDirectory>().AllAsync(ct);
        await using var db = await services.GetRequiredService<IDbContextFactory<KOauthDb>>().CreateDbContextAsync(ct);
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var live = await LiveConnections.In(db, services.GetRequiredService<KOauthSettings>(), now)
            .GroupBy(g => g.ResourceKey).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var views = resources.Select(r => ResourceView.Of(r, live.GetValueOrDefault(r.Key))).ToList();
        if (command.GetValue(Json))
        {
            command.PrintJson(new { resources = views, total = views.Count });
            return Done;
        }

        if (views.Count == 0)
        {
            command.Output().WriteLine("No resources. Register one: koauth resource register https://your-mcp-server.com");
            return Done;
        }

        command.PrintColumns(views
            .Select(r => (string[])[r.Uri, r.Name, string.Join(' ', r.Scopes.Select(s => s.Name)), $"{r.LiveConnections}"])
            .Prepend(["URL", "NAME", "SCOPES", "CONNECTIONS"]));
        return Done;
    }
}
