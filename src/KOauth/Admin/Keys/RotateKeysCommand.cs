using System.CommandLine;
using KOauth.Hosting;
using KOauth.Keys;

namespace KOauth.Admin.Keys;

internal sealed class RotateKeysCommand : StoreCommand
{
    /// <summary>Twice as long as the published set may be kept (its <c>max-age</c>), and at least as long as our own library keeps it.</summary>
    private static readonly TimeSpan _least = TimeSpan.FromMinutes(10);

    private readonly Option<string> _after = new("--after")
    {
        Description = "How long the new keys are published before they sign, at least 10m; longer when your servers keep the key set for longer",
        HelpName = "TIME",
        DefaultValueFactory = _ => "15m",
    };

    public RotateKeysCommand(CommandServices services)
        : base("rotate", "Publish new signing keys now and sign with them soon; tokens already issued stay valid", services)
    {
        Add(_after);
        _after.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && (!Duration.TryParse(text, out var after) || after < _least))
            {
                result.AddError($"--after cannot be '{text}'; it is a length of time of at least 10m, such as 15m or 24h. To stop using a key at once: koauth keys revoke KID");
            }
        });
    }

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        _ = Duration.TryParse(command.GetRequiredValue(_after), out var after); // a validator has seen it
        await services.GetRequiredService<KeyRing>().LoadAsync(ct);
        var next = await services.GetRequiredService<KeyChanges>().RotateAsync(after, Actor, ct);
        if (command.GetValue(Json))
        {
            command.PrintJson(new { keys = next.Select(k => new { k.Kid, k.Algorithm, k.ActiveFrom }) });
            return Done;
        }

        command.PrintColumns(next.Select(k => (string[])[k.Kid, k.Algorithm, $"published, signs from {Sheet.Day(k.ActiveFrom)}"]));
        command.Output().WriteLine("The keys before stay published until the last token they signed has expired. See: koauth keys list");
        return Done;
    }
}
