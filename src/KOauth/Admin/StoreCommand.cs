using System.CommandLine;
using KOauth.Hosting;
using KOauth.Protocol;

namespace KOauth.Admin;

/// <summary>
/// A command that works on the configured database while the server runs; the server notices within one second. What is wrong
/// with the arguments alone is found by validators, before anything is opened. It answers 0 for done and 1 for refused.
/// </summary>
internal abstract class StoreCommand : Command
{
    protected const int Done = 0;
    protected const int Refused = 1;

    /// <param name="name">The verb.</param>
    /// <param name="description">For <c>--help</c>.</param>
    /// <param name="services">Opened only when the command runs.</param>
    /// <param name="mayCreate">It makes the first of something, so a named directory need not hold a database yet.</param>
    protected StoreCommand(string name, string description, CommandServices services, bool mayCreate = false)
        : base(name, description)
    {
        Services = services;
        Add(Json);
        SetAction(async (command, ct) =>
        {
            var opened = mayCreate ? await services.OpenOrCreateAsync(command, ct) : await OpenAsync(command, ct);
            return await RunAsync(command, opened, ct);
        });
    }

    /// <summary>Whoever types it, as the audit log names them.</summary>
    protected static string Actor => $"cli:{Environment.UserName}";

    protected Option<bool> Json { get; } = GlobalOptions.Json();

    protected CommandServices Services { get; }

    /// <summary>What it works on; a command for whom the database need not be current, or there, opens it in a way of its own.</summary>
    protected virtual Task<IServiceProvider> OpenAsync(ParseResult command, CancellationToken ct) => Services.OpenAsync(command, ct);

    protected abstract Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct);

    /// <summary>A refusal in words: what came, what is wrong with it, and the command that helps.</summary>
    protected static int Refuse(ParseResult command, Refusal refusal)
    {
        var received = refusal.Received is { Length: > 0 } words ? $"{words}: " : "";
        return Refuse(command, $"{received}{refusal.Detail ?? refusal.Reason.Owner} ({refusal.Reason.Id})", refusal.Fix);
    }

    protected static int Refuse(ParseResult command, string sentence, string? fix = null)
    {
        command.Error().WriteLine(Printable.Text(sentence));
        if (fix is not null)
        {
            command.Error().WriteLine($"  {Printable.Text(fix)}");
        }

        return Refused;
    }

    protected static void Warn(ParseResult command, string sentence, string fix)
    {
        command.Error().WriteLine($"Warning: {Printable.Text(sentence)}");
        command.Error().WriteLine($"  {Printable.Text(fix)}");
    }
}
