using System.CommandLine;
using KOauth.Data;
using KOauth.Hosting;
using KOauth.Keys;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Admin.Database;

internal sealed class RestoreCommand : StoreCommand
{
    private readonly Argument<string?> _file = new("FILE") { Description = "The backup, as koauth backup wrote it", Arity = ArgumentArity.ZeroOrOne };

    private readonly Option<bool> _finish = new("--finish")
    {
        Description = "The database was put back by other means: do only what makes an old database safe",
    };

    private readonly Option<bool> _keep = new("--keep-connections")
    {
        Description = "Disconnect nobody; refresh tokens and codes that were used after the backup can then be used once more",
    };

    private readonly Option<bool> _newKeys = new("--new-keys")
    {
        Description = "Make new keys in place of those of the backup, because their master key is lost or known to others",
    };

    public RestoreCommand(CommandServices services)
        : base("restore", "Put a backup in the place of the database; the one that is there is kept under another name", services)
    {
        Add(_file);
        Add(_finish);
        Add(_keep);
        Add(_newKeys);
        Validators.Add(result =>
        {
            if (result.GetValue(_file) is null != result.GetValue(_finish))
            {
                result.AddError("Name the backup, koauth restore FILE, or say koauth restore --finish when the database was put back by other means.");
            }

            if (result.GetValue(_keep) && (result.GetValue(_finish) || result.GetValue(_newKeys)))
            {
                result.AddError("--keep-connections stands alone: --finish and --new-keys end all connections.");
            }
        });
    }

    protected override Task<IServiceProvider> OpenAsync(ParseResult command, CancellationToken ct) =>
        command.GetValue(_finish) ? base.OpenAsync(command, ct) : Task.FromResult(Services.Build(command));

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var restore = services.GetRequiredService<Restore>();
        var wish = new RestoreWish(command.GetValue(_keep), command.GetValue(_newKeys));
        var directory = services.GetRequiredService<StoreSettings>().DataDirectory;
        Restored? restored = null;
        if (command.GetValue(_file) is { } named)
        {
            if (!Directory.Exists(directory) && !Services.Settings(command).DirectoryIsNamed)
            {
                return Refuse(command, $"There is no {directory}. Name the directory to restore into: koauth restore FILE --data DIR");
            }

            restored = await restore.FromAsync(Path.GetFullPath(named), wish, Actor, ct);
        }
        else
        {
            await FinishAsync(services, restore, wish, ct);
        }

        if (command.GetValue(Json))
        {
            command.PrintJson(new { directory, restored?.AsOf, restored?.KeptAs, connectionsKept = wish.KeepConnections, wish.NewKeys });
            return Done;
        }

        Print(command, directory, restored, wish);
        return Done;
    }

    private static async Task FinishAsync(IServiceProvider services, Restore restore, RestoreWish wish, CancellationToken ct)
    {
        if (wish.NewKeys)
        {
            services.GetRequiredService<DataDirectoryLock>().Take(); // a server that runs holds the old keys
        }

        await restore.FinishAsync(services.GetRequiredService<IDbContextFactory<KOauthDb>>(), wish, atLeast: 0, from: null, Actor, ct);
        if (wish.NewKeys)
        {
            await services.GetRequiredService<KeyRing>().LoadAsync(ct);
        }
    }

    private static void Print(ParseResult command, string directory, Restored? restored, RestoreWish wish)
    {
        if (restored is not null)
        {
            command.Output().WriteLine(Printable.Text($"Restored the database in {directory} as of {Sheet.Day(restored.AsOf)}."));
            if (restored.KeptAs is { } kept)
            {
                command.Output().WriteLine(Printable.Text($"What was there is kept as {kept}."));
            }
        }

        command.Output().WriteLine(wish.KeepConnections
            ? "Connections go on. A refresh token or code that was used after the backup can be used once more, and what was revoked since then is alive again."
            : "Everybody connects once more: refresh tokens, codes, API keys, sessions and links of before are worth nothing.");
        if (wish.NewKeys)
        {
            command.Output().WriteLine("All keys are new; tokens of before are worth nothing. Make a copy of the master key now.");
        }

        if (restored is not null)
        {
            command.Output().WriteLine("Start the server: koauth serve");
        }
    }
}
