using System.CommandLine;
using KOauth.Data;
using KOauth.Hosting;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Admin.Clients;

internal sealed class ShowClientCommand : StoreCommand
{
    private readonly Argument<string> _id = ClientId.Argument();

    public ShowClientCommand(CommandServices services)
        : base("show", "Print a client: what it may do, how it proves itself, when it was last used", services) => Add(_id);

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct) =>
        await PrintAsync(command, command.GetRequiredValue(_id), command.GetValue(Json), services, ct);

    /// <summary>Prints it, or says that there is none.</summary>
    public static async Task<int> PrintAsync(ParseResult command, string id, bool json, IServiceProvider services, CancellationToken ct)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<KOauthDb>>().CreateDbContextAsync(ct);
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        if (await ClientView.FindAsync(db, id, services.GetRequiredService<KOauthSettings>(), now, ct) is not { } client)
        {
            return await ClientId.RefuseUnknownAsync(command, id, services, ct);
        }

        if (json)
        {
            command.PrintJson(client);
        }
        else
        {
            command.PrintClient(client);
        }

        return Done;
    }
}
