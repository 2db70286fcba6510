using System.CommandLine;
using KOauth.Clients;
using KOauth.Hosting;

namespace KOauth.Admin.Clients;

/// <summary>The argument that names a client, and what is said when there is no such client.</summary>
internal static class ClientId
{
    public static Argument<string> Argument() => new("ID") { Description = "The client's id" };

    public static async Task<int> RefuseUnknownAsync(ParseResult command, string id, IServiceProvider services, CancellationToken ct)
    {
        var nearest = await services.GetRequiredService<ClientDirectory>().NearestAsync(id, ct);
        command.Error().WriteLine($"There is no client '{Printable.Text(id)}'.{(nearest is null ? "" : $" Did you mean '{nearest}'?")}");
        command.Error().WriteLine("See all: koauth client list");
        return 1;
    }
}
