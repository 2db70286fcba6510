using System.CommandLine;
using KOauth.Clients;
using KOauth.Hosting;
using KOauth.Protocol;

namespace KOauth.Admin.Clients;

internal sealed class RotateSecretCommand : StoreCommand
{
    private const string DefaultOverlap = "24h";

    private readonly Argument<string> _id = ClientId.Argument();
    private readonly Option<string> _overlap = new("--overlap")
    {
        Description = "How long the current secret stays valid, such as 24h, 30m or 0",
        HelpName = "TIME",
        DefaultValueFactory = _ => DefaultOverlap,
    };

    public RotateSecretCommand(CommandServices services)
        : base("rotate", "Make a new secret, shown once; the current one stays valid for a while", services)
    {
        Add(_id);
        Add(_overlap);
        _overlap.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && !Duration.TryParse(text, out _))
            {
                result.AddError($"--overlap cannot be '{text}'; it is a length of time such as 24h, 30m or 0.");
            }
        });
    }

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var id = command.GetRequiredValue(_id);
        _ = Duration.TryParse(command.GetRequiredValue(_overlap), out var overlap); // a validator has seen it
        var outcome = await services.GetRequiredService<ClientRegistry>().RotateSecretAsync(id, overlap, Actor, ct);
        if (!outcome.Ok(out var rotated, out var refusal))
        {
            return refusal.Reason == Reasons.ClientUnknown
                ? await ClientId.RefuseUnknownAsync(command, id, services, ct)
                : Refuse(command, refusal);
        }

        var previous = rotated.Client.Secrets.ElementAtOrDefault(1);
        if (command.GetValue(Json))
        {
            command.PrintJson(new { clientId = id, clientSecret = rotated.Secret, previousSecretValidUntil = previous?.ExpiresAt });
            return Done;
        }

        command.PrintColumns([["Client ID", id], ["New client secret", rotated.Secret]]);
        command.Output().WriteLine(previous is null
            ? "The secret is shown this once. The one before is not valid any more: paste the new one into the app now."
            : $"The secret is shown this once. The one before stays valid until {Sheet.Day(previous.ExpiresAt)}: paste the new one into the app by then.");
        return Done;
    }
}
