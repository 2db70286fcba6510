using System.CommandLine;
using KOauth.Data;
using KOauth.Hosting;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Admin.Resources;

internal sealed class ShowResourceCommand : StoreCommand
{
    private readonly Argument<string> _url = ResourceUrl.Argument();

    public ShowResourceCommand(CommandServices services)
        : base("show", "Print a resource: audience, scopes, connections", services) => Add(_url);

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var url = command.GetRequiredValue(_url);
        if (await ResourceUrl.FindAsync(url, services, ct) is not { } resource)
        {
            return await ResourceUrl.RefuseUnknownAsync(command, url, services, ct);
        }

        await using var db = await services.GetRequiredService<IDbContextFactory<KOauthDb>>().CreateDbContextAsync(ct);
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var live = await LiveConnections.In(db, services.GetRequiredService<KOauthSettings>(), now).CountAsync(g => g.ResourceKey == resource.Key, ct);
        var view = await ResourceView.ReadAsync(resource, services, ct, live);
        if (command.GetValue(Json))
        {
            command.PrintJson(view);
        }
        else
        {
            view.Print(command);
        }

        return Done;
    }
}
