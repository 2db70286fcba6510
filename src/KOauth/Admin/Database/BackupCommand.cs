using System.CommandLine;
using System.Globalization;
using KOauth.Data;
using KOauth.Data.Sqlite;
using KOauth.Hosting;

namespace KOauth.Admin.Database;

/// <summary>Works while the server runs, and on a database of any version: before an upgrade the newer program may make it.</summary>
internal sealed class BackupCommand : StoreCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "The file to write; it must not exist" };

    public BackupCommand(CommandServices services)
        : base("backup", "Write the whole database to one file, while the server runs", services) => Add(_file);

    protected override Task<IServiceProvider> OpenAsync(ParseResult command, CancellationToken ct) => Task.FromResult(Services.Build(command));

    protected override Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var settings = services.GetRequiredService<KOauthSettings>();
        DataDirectory.RequireExisting(settings.Store);
        var file = Path.GetFullPath(command.GetRequiredValue(_file));
        SqliteBackup.Write(settings.DatabaseFile, file);
        var bytes = new FileInfo(file).Length;
        var masterKey = settings.MasterKey is null ? settings.MasterKeyFile : "KOAUTH_MASTER_KEY";
        if (command.GetValue(Json))
        {
            command.PrintJson(new { file, bytes, notInIt = (string[])[masterKey, "koauth.json", "stories.db"] });
            return Task.FromResult(Done);
        }

        command.Output().WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Wrote {Printable.Text(file)}, {bytes / 1024.0 / 1024.0:0.0} MB: clients, resources, people, connections, keys."));
        command.Output().WriteLine(
            $"Not in it: the master key ({Printable.Text(masterKey)}), without which its keys cannot be opened; keep a copy of that apart from it. Nor koauth.json and the connection stories.");
        return Task.FromResult(Done);
    }
}
