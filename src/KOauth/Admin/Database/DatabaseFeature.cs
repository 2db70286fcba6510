using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Admin.Database;

/// <summary>
/// <c>koauth migrate …</c>, <c>backup</c> and <c>restore</c>: the database as a whole. A backup is one file, made while the server
/// runs; what a restore does to connections is in docs/decisions/0020-backup-and-restore.md.
/// </summary>
internal sealed class DatabaseFeature : IFeature
{
    public void AddServices(IHostApplicationBuilder builder) => builder.Services.AddSingleton<Restore>();

    public void AddCommands(RootCommand koauth, CommandServices services)
    {
        koauth.Add(new Command("migrate", "The schema of the database")
        {
            new MigrateStatusCommand(services),
            new MigrateUpCommand(services),
        });
        koauth.Add(new BackupCommand(services));
        koauth.Add(new RestoreCommand(services));
    }
}
