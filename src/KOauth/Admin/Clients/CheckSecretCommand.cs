using System.CommandLine;
using KOauth.Clients;
using KOauth.Hosting;
using Spectre.Console;

namespace KOauth.Admin.Clients;

/// <summary>Reads the secret from standard input, because arguments end in the shell's history and in the list of processes.</summary>
internal sealed class CheckSecretCommand : StoreCommand
{
    private const int LongestRead = 4096;

    private readonly Argument<string> _id = ClientId.Argument();

    public CheckSecretCommand(CommandServices services)
        : base("check", "Say whether the secret on standard input is the client's, or what is wrong with it", services) => Add(_id);

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var id = command.GetRequiredValue(_id);
        var directory = services.GetRequiredService<ClientDirectory>();
        if (await directory.FindAsync(id, ct) is not { } client)
        {
            return await ClientId.RefuseUnknownAsync(command, id, services, ct);
        }

        var check = await CheckAsync(client, await ReadAsync(command, ct), directory, services.GetRequiredService<TimeProvider>().GetUtcNow(), ct);
        if (command.GetValue(Json))
        {
            command.PrintJson(new { clientId = id, matches = check.Matches, reason = check.Sentence });
            return check.Matches ? Done : Refused;
        }

        if (check.Matches)
        {
            command.Output().WriteLine($"It matches. {check.Sentence}".TrimEnd());
            return Done;
        }

        return Refuse(command, $"It does not match. {check.Sentence ?? "It is a secret of nobody here."}");
    }

    private static async Task<SecretCheck> CheckAsync(Client client, string secret, ClientDirectory directory, DateTimeOffset now, CancellationToken ct)
    {
        if (!client.HasSecret)
        {
            return new SecretCheck(false, $"The client has none: it is registered for {client.AuthMethod}.");
        }

        if (secret.Length == 0)
        {
            return new SecretCheck(false, "Nothing came on standard input.");
        }

        var check = SecretCheck.Of(client, secret, now);
        return check is { Matches: false, Sentence: null } && await directory.OwnerOfAsync(secret.Trim(), ct) is { } owner
            ? new SecretCheck(false, $"It is the secret of another client: {owner}.")
            : check;
    }

    /// <summary>The line break that a terminal or echo adds is not part of the secret; every other blank is.</summary>
    private async Task<string> ReadAsync(ParseResult command, CancellationToken ct)
    {
        if (Services.IsTerminal)
        {
            return await Services.Terminal(command.Output()).PromptAsync(new TextPrompt<string>("Secret:").Secret().AllowEmpty(), ct);
        }

        var buffer = new char[LongestRead];
        var read = await Services.Input.ReadBlockAsync(buffer, ct);
        var text = new string(buffer, 0, read);
        return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
    }
}
