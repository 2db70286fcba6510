using System.CommandLine;
using KOauth.Data;
using KOauth.Hosting;

namespace KOauth;

/// <summary>
/// The command line: every feature adds its commands. Exit codes are 0 for done, 1 for "the thing asked for failed", 2 for arguments
/// that were not understood; then nothing was changed.
/// </summary>
internal static class Cli
{
    private const int Failed = 1;
    private const int Misused = 2;

    // Responses to files (@file) and bundled letters (-abc) would make a slip mean something.
    private static readonly ParserConfiguration _strict = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    public static async Task<int> RunAsync(string[] args)
    {
        await using var services = new ConfiguredServices();
        return await RunAsync(args, services, Console.Out, Console.Error);
    }

    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, CommandServices services, TextWriter output, TextWriter error, CancellationToken ct = default)
    {
        ParseResult? command = null;
        try
        {
            command = Root(services).Parse([.. args], _strict);
            var asksForHelp = command.Errors.Count == 0 && command.Action is System.CommandLine.Help.HelpAction;
            var faults = asksForHelp ? [] : Usage.Faults(command, args);
            if (faults.Count > 0)
            {
                await error.WriteLineAsync(string.Join(Environment.NewLine, faults.Select(Printable.Text)));
                await error.WriteLineAsync($"See: {Usage.Path(command.CommandResult)} --help");
                return Misused;
            }

            return await command.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = output,
                    Error = error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = TimeSpan.FromSeconds(30), // what a graceful stop of `serve` may take
                },
                ct);
        }
        catch (Exception refused) when (refused is CommandRefusedException or StartRefusedException or StoreRefusedException)
        {
            await error.WriteLineAsync(refused.Message);
            return Failed;
        }
        catch (OperationCanceledException)
        {
            return Failed;
        }
        catch (Exception bug)
        {
            await error.WriteLineAsync($"Something went wrong ({bug.GetType().Name}). The details are in {ErrorLog.Write(bug, command?.DataDirectory())}");
            return Failed;
        }
    }

    /// <summary>All commands; <paramref name="services"/> are asked for only when one runs.</summary>
    public static RootCommand Root(CommandServices services)
    {
        var koauth = new RootCommand("A sign-in server for MCP servers. Without a command: serve.") { GlobalOptions.Data(), ServeCommand.Urls() };
        koauth.HelpName = "koauth"; // whatever the file is called
        var serve = new ServeCommand(services);
        koauth.Add(serve);
        koauth.SetAction(serve.RunAsync);
        foreach (var feature in Features.All)
        {
            feature.AddCommands(koauth, services);
        }

        return koauth;
    }
}
