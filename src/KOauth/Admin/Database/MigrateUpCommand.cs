using System.CommandLine;
using KOauth.Data;
using KOauth.Data.Sqlite;
using KOauth.Hosting;

namespace KOauth.Admin.Database;

/// <summary>What the server does when it starts, by hand: under the lock of the directory, so that one migrates and nobody serves meanwhile.</summary>
internal sealed class MigrateUpCommand(CommandServices services)
    : StoreCommand("up", "Bring the database to this version's schema; the server does so when it starts, too", services)
{
    protected override Task<IServiceProvider> OpenAsync(ParseResult command, CancellationToken ct) => Task.FromResult(Services.Build(command));

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var settings = services.GetRequiredService<StoreSettings>();
        DataDirectory.RequireExisting(settings);
        services.GetRequiredService<DataDirectoryLock>().Take();
        var before = await services.GetRequiredService<SqliteSchema>().MigrateAsync(ct);
        if (command.GetValue(Json))
        {
            command.PrintJson(new { database = settings.DatabaseFile, taken = before.Pending, schema = before.Known[^1] });
            return Done;
        }

        command.Output().WriteLine(before.Pending.Count switch
        {
            0 => "It is up to date.",
            1 => $"The database took one change and is at {before.Known[^1]}.",
            var count => $"The database took {count} changes and is at {before.Known[^1]}.",
        });
        return Done;
    }
}
