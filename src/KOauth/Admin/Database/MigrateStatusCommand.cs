using System.CommandLine;
using KOauth.Data;
using KOauth.Data.Sqlite;
using KOauth.Hosting;

namespace KOauth.Admin.Database;

/// <summary>Answers 1 when the database is not of this program's schema, so that a script may ask.</summary>
internal sealed class MigrateStatusCommand(CommandServices services)
    : StoreCommand("status", "Say whether the database is of this version's schema", services)
{
    protected override Task<IServiceProvider> OpenAsync(ParseResult command, CancellationToken ct) => Task.FromResult(Services.Build(command));

    protected override Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var settings = services.GetRequiredService<StoreSettings>();
        DataDirectory.RequireExisting(settings);
        var state = services.GetRequiredService<SqliteSchema>().Look();
        var isCurrent = state.Pending.Count == 0 && state.Unknown.Count == 0;
        if (command.GetValue(Json))
        {
            command.PrintJson(new { database = settings.DatabaseFile, upToDate = isCurrent, state.Applied, state.Pending, state.Unknown });
            return Task.FromResult(isCurrent ? Done : Refused);
        }

        command.PrintColumns([
            ["Database", settings.DatabaseFile],
            ["Schema", state.Applied.Count == 0 ? "none" : state.Applied[^1]],
            .. state.Pending.Select(change => (string[])["Missing", change]),
            .. state.Unknown.Select(change => (string[])["Unknown", change]),
        ]);
        command.Output().WriteLine(isCurrent ? "It is up to date."
            : state.Unknown.Count > 0 ? "It was used by a newer KOauth: install that version again, or restore a backup made before the upgrade."
            : "Make a backup, stop the server, and bring it up with: koauth migrate up");
        return Task.FromResult(isCurrent ? Done : Refused);
    }
}
