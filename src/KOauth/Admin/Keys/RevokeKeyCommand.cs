using System.CommandLine;
using KOauth.Hosting;
using KOauth.Keys;

namespace KOauth.Admin.Keys;

internal sealed class RevokeKeyCommand : StoreCommand
{
    private readonly Argument<string> _kid = new("KID") { Description = "The key's id, as koauth keys list shows it" };

    public RevokeKeyCommand(CommandServices services)
        : base("revoke", "Stop using a signing key at once, because it may have leaked; tokens it signed become worthless", services) => Add(_kid);

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var kid = command.GetRequiredValue(_kid);
        await services.GetRequiredService<KeyRing>().LoadAsync(ct);
        if (await services.GetRequiredService<KeyChanges>().RevokeAsync(kid, Actor, ct) is not { } revoked)
        {
            return Refuse(command, $"There is no signing key '{kid}'.", "koauth keys list");
        }

        if (command.GetValue(Json))
        {
            command.PrintJson(new { revoked.Key.Kid, revoked.Key.RevokedAt, signer = revoked.Signer?.Kid, wasRevoked = revoked.WasRevoked });
            return Done;
        }

        if (revoked.WasRevoked)
        {
            command.Output().WriteLine($"The key {kid} was revoked already, {Sheet.Day(revoked.Key.RevokedAt)}.");
            return Done;
        }

        command.Output().WriteLine($"Revoked the {revoked.Key.Algorithm} key {kid}; it is published no more.");
        if (revoked.Signer is { } signer)
        {
            command.Output().WriteLine($"The key {signer.Kid} signs from now on.");
        }

        command.Output().WriteLine("Tokens it signed are refused here at once, and by each server when it asks for the key set the next time.");
        return Done;
    }
}
