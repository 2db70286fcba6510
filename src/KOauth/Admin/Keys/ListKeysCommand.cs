using System.CommandLine;
using KOauth.Data;
using KOauth.Hosting;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Admin.Keys;

internal sealed class ListKeysCommand(CommandServices services) : StoreCommand("list", "List the signing keys and what each is for", services)
{
    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<KOauthDb>>().CreateDbContextAsync(ct);
        var rows = await db.SigningKeys.AsNoTracking().ToListAsync(ct);
        var fingerprint = await db.Store.Select(s => s.MasterKeyFingerprint).SingleAsync(ct);
        var keys = KeyView.All(rows, services.GetRequiredService<KOauthSettings>(), services.GetRequiredService<TimeProvider>().GetUtcNow());
        var master = fingerprint is null ? null : Convert.ToHexStringLower(fingerprint);
        if (command.GetValue(Json))
        {
            command.PrintJson(new { keys, masterKeyFingerprint = master });
            return Done;
        }

        if (keys.Count == 0)
        {
            command.Output().WriteLine("There are no keys yet: the server makes them when it starts for the first time.");
            return Done;
        }

        command.PrintColumns(keys.Select(k => (string[])[k.Kid, k.Algorithm, k.Sentence]).Prepend(["KID", "ALGORITHM", "STATE"]));
        command.Output().WriteLine($"All keys are wrapped with the master key {master?[..16]}.");
        return Done;
    }
}
