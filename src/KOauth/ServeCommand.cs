using System.CommandLine;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using KOauth.Data;
using KOauth.Hosting;
using Microsoft.AspNetCore.Connections;

namespace KOauth;

/// <summary>
/// <c>koauth serve</c>, and <c>koauth</c> alone: runs the server until it is told to stop. What does not fit is said before anything
/// listens, a sentence each, and nothing is overwritten: settings, then the data directory and its lock, the schema, the keys, the port.
/// </summary>
internal sealed partial class ServeCommand : Command
{
    private readonly CommandServices _services;

    public ServeCommand(CommandServices services)
        : base("serve", "Run the server. This is also what koauth does without a command")
    {
        _services = services;
        Add(Urls());
        SetAction(RunAsync);
    }

    public static Option<string> Urls() => new("--urls")
    {
        Description = "Where to listen, several separated by commas. Default: KOAUTH_URLS, else http://localhost:3000",
        HelpName = "URLS",
    };

    public async Task<int> RunAsync(ParseResult command, CancellationToken ct)
    {
        var loaded = _services.Settings(command);
        var settings = loaded.Checked();
        await using var app = Server.Build(settings);
        foreach (var warning in loaded.Warnings)
        {
            LogWarning(app.Logger, warning);
        }

        try
        {
            await StartAsync(app, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return 0; // told to stop before it was up
        }
        catch (IOException failed) when (failed.InnerException is AddressInUseException)
        {
            throw new StartRefusedException(
                $"Something listens at {Address(failed)} already. Stop it, or choose another port: koauth serve --urls http://localhost:PORT");
        }
        catch (SocketException failed) when (failed.SocketErrorCode is SocketError.AccessDenied)
        {
            throw new StartRefusedException(
                $"This user may not listen at {string.Join(", ", settings.Urls)}. Choose a port above 1023 with --urls and let a reverse proxy forward to it.");
        }
        catch (SocketException failed) when (failed.SocketErrorCode is SocketError.AddressNotAvailable)
        {
            throw new StartRefusedException(
                $"This machine has no address of {string.Join(", ", settings.Urls)}. Name one of its own with --urls, or http://0.0.0.0:PORT for all.");
        }

        await Banner.PrintAsync(app, settings, command.Output());
        await app.WaitForShutdownAsync(ct);

        // A part that must run and does not is a failure, also when the stop itself went well.
        // The ledger's writer is no such part; it says so itself.
        var hasFailed = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().Any(s => s.ExecuteTask is { IsFaulted: true });
        return hasFailed ? 1 : Environment.ExitCode;
    }

    private static async Task StartAsync(WebApplication app, CancellationToken ct)
    {
        try
        {
            await app.StartAsync(ct);
        }
        catch (Exception failed) when (failed is not (StoreRefusedException or StartRefusedException)) // those come before anything has begun
        {
            await app.StopAsync(CancellationToken.None);
            throw;
        }
    }

    private static string Address(IOException failed) => BindAddress().Match(failed.Message) is { Success: true } match ? match.Value : "this address";

    [GeneratedRegex(@"https?://\S+?(?=: )")]
    private static partial Regex BindAddress();

    [LoggerMessage(LogLevel.Warning, "{Warning}")]
    private static partial void LogWarning(ILogger logger, string warning);
}
