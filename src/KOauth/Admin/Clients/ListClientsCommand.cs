using System.CommandLine;
using KOauth.Clients;
using KOauth.Data;
using KOauth.Hosting;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Admin.Clients;

internal sealed class ListClientsCommand : StoreCommand
{
    private const int Most = 1000;

    private readonly Option<bool> _unused = new("--unused") { Description = "Only clients that nobody ever connected with" };
    private readonly Option<bool> _dynamic = new("--dynamic") { Description = "Only clients that registered themselves" };

    public ListClientsCommand(CommandServices services)
        : base("list", "List the clients", services)
    {
        Add(_unused);
        Add(_dynamic);
    }

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<KOauthDb>>().CreateDbContextAsync(ct);
        var wanted = Wanted(db, command.GetValue(_unused), command.GetValue(_dynamic));
        var total = await wanted.CountAsync(ct);
        var clients = await wanted.OrderBy(c => c.Origin).ThenBy(c => c.ClientId).Take(Most).ToListAsync(ct);
        var keys = clients.Select(c => c.Key).ToList();
        var used = await db.Grants.Where(g => keys.Contains(g.ClientKey)).GroupBy(g => g.ClientKey)
            .Select(g => new { g.Key, At = g.Max(x => x.LastUsedAt) }).ToDictionaryAsync(g => g.Key, g => (DateTimeOffset?)g.At, ct);
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var live = await LiveConnections.In(db, services.GetRequiredService<KOauthSettings>(), now)
            .Where(g => keys.Contains(g.ClientKey)).GroupBy(g => g.ClientKey)
            .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var views = clients.ConvertAll(c => ClientView.Of(
            c, ClientView.Later(c.LastUsedAt, used.GetValueOrDefault(c.Key)), live.GetValueOrDefault(c.Key)));
        if (command.GetValue(Json))
        {
            command.PrintJson(new { clients = views, total });
            return Done;
        }

        Print(command, views, total);
        return Done;
    }

    private static IQueryable<Client> Wanted(KOauthDb db, bool unused, bool dynamic) => db.Clients.AsNoTracking()
        .Where(c => !unused || (c.LastUsedAt == null && !db.Grants.Select(g => g.ClientKey).Contains(c.Key)))
        .Where(c => !dynamic || c.Origin != ClientOrigin.Administrator);

    private static void Print(ParseResult command, List<ClientView> clients, int total)
    {
        if (clients.Count == 0)
        {
            command.Output().WriteLine("No clients. Make one: koauth client register --preset claude");
            return;
        }

        command.PrintColumns(clients
            .Select(c => (string[])
            [
                c.ClientId,
                c.Name,
                c.Active ? "active" : "inactive",
                ClientFacts.Origin(c.Origin),
                Sheet.Day(c.LastUsedAt),
                $"{c.LiveConnections}",
            ])
            .Prepend(["ID", "NAME", "STATE", "REGISTERED BY", "LAST USED", "CONNECTIONS"]));
        if (total > clients.Count)
        {
            command.Output().WriteLine($"{clients.Count} of {total} clients are shown.");
        }
    }
}
