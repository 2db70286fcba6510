using System.CommandLine;
using KOauth.Data;
using KOauth.Hosting;
using KOauth.Keys;

namespace KOauth.Admin.Keys;

internal sealed class RewrapKeysCommand : StoreCommand
{
    private readonly Option<string?> _file = new("--new-master-key-file")
    {
        Description = "The file with the new master key, made when it does not exist; for a key that the settings hold or that is mounted. The server must be stopped",
        HelpName = "FILE",
    };

    public RewrapKeysCommand(CommandServices services)
        : base("rewrap", "Replace the master key: everything it wraps is wrapped with a new one", services) => Add(_file);

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var settings = services.GetRequiredService<KOauthSettings>();
        var change = services.GetRequiredService<MasterKeyChange>();
        if (command.GetValue(_file) is not { } named)
        {
            await services.GetRequiredService<KeyRing>().LoadAsync(ct);
            var old = await change.InPlaceAsync(Actor, ct);
            Print(command, settings.MasterKeyFile, old,
                $"Make a copy of it now, apart from the backups. The old one is kept in {old}: backups made until now need it. Delete it when they are gone.");
            return Done;
        }

        // A server that runs has its master key from its settings and cannot follow.
        services.GetRequiredService<DataDirectoryLock>().Take();
        await services.GetRequiredService<KeyRing>().LoadAsync(ct);
        var file = Path.GetFullPath(named);
        await change.ToFileAsync(file, Actor, ct);
        Print(command, file, null,
            $"Set KOAUTH_MASTER_KEY_FILE={file}, or KOAUTH_MASTER_KEY to what is in it, before the server starts. Keep the old one: backups made until now need it.");
        return Done;
    }

    private void Print(ParseResult command, string file, string? old, string next)
    {
        if (command.GetValue(Json))
        {
            command.PrintJson(new { masterKeyFile = file, oldMasterKeyFile = old });
            return;
        }

        command.Output().WriteLine($"All keys are wrapped with a new master key, in {Printable.Text(file)}.");
        command.Output().WriteLine(Printable.Text(next));
    }
}
