using System.CommandLine;
using KOauth.Clients;
using KOauth.Hosting;

namespace KOauth.Admin.Clients;

internal sealed class CleanUpClientsCommand : StoreCommand
{
    private readonly Option<string?> _olderThan = new("--older-than")
    {
        Description = "How long nobody used them, such as 30d or 12h. Default: KOAUTH_CLIENT_RETENTION, else 30d",
        HelpName = "TIME",
    };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "List them and delete nothing" };

    public CleanUpClientsCommand(CommandServices services)
        : base("cleanup", "Delete clients that registered themselves and that nobody is connected with", services)
    {
        Add(_olderThan);
        Add(_dryRun);
        _olderThan.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && !Duration.TryParse(text, out _))
            {
                result.AddError($"--older-than cannot be '{text}'; it is a length of time such as 30d or 12h.");
            }
        });
    }

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var unusedFor = command.GetValue(_olderThan) is { } text && Duration.TryParse(text, out var given)
            ? given
            : services.GetRequiredService<KOauthSettings>().ClientRetention;
        var cleanUp = services.GetRequiredService<ClientCleanUp>();
        var isDry = command.GetValue(_dryRun);
        var clients = isDry ? await cleanUp.FindAsync(unusedFor, ct) : await cleanUp.DeleteAsync(unusedFor, Actor, ct);
        if (command.GetValue(Json))
        {
            command.PrintJson(new
            {
                deleted = !isDry,
                olderThan = Duration.Text(unusedFor),
                clients = clients.Select(c => new { c.ClientId, c.Name, c.Origin, c.CreatedAt, c.LastUsedAt }),
            });
            return Done;
        }

        Print(command, clients);
        command.Output().WriteLine(isDry
            ? $"{Words(clients.Count)} would be deleted. Do it: koauth client cleanup --older-than {Duration.Text(unusedFor)}"
            : $"{Words(clients.Count)} deleted.");
        return Done;
    }

    private static void Print(ParseResult command, IReadOnlyList<Client> clients)
    {
        if (clients.Count > 0)
        {
            command.PrintColumns(clients
                .Select(c => (string[])[c.ClientId, c.Name, Sheet.Day(c.CreatedAt), Sheet.Day(c.LastUsedAt)])
                .Prepend(["ID", "NAME", "REGISTERED", "LAST USED"]));
        }
    }

    private static string Words(int count) => count == 1 ? "1 client" : $"{count} clients";
}
