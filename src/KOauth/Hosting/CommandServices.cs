using System.CommandLine;
using Spectre.Console;

namespace KOauth.Hosting;

/// <summary>
/// What a command needs: opens the configured database and builds the services when a command runs. Commands print to
/// <see cref="ParseResult.InvocationConfiguration"/>'s writers, never to the console, so that tests read them.
/// </summary>
internal abstract class CommandServices : IAsyncDisposable
{
    /// <summary>What the person types or pipes in; passwords and secrets come this way, never as arguments.</summary>
    public virtual TextReader Input => Console.In;

    /// <summary>Whether a person is there to answer. Prompts appear only then.</summary>
    public virtual bool IsTerminal => !Console.IsInputRedirected && !Console.IsOutputRedirected;

    /// <summary>Asks the person questions; only when <see cref="IsTerminal"/>.</summary>
    public virtual IAnsiConsole Terminal(TextWriter output) => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });

    /// <summary>The settings as this command line sees them, with everything that is wrong with them.</summary>
    public abstract LoadedSettings Settings(ParseResult command);

    /// <summary>
    /// The services on the configured, existing database. Throws <see cref="CommandRefusedException"/> with a sentence when there
    /// is none (a wrong directory must not read "no such client").
    /// </summary>
    public abstract Task<IServiceProvider> OpenAsync(ParseResult command, CancellationToken ct);

    /// <summary>
    /// The same for commands that make the first of something (a client, a user): creates the database when there is none and the
    /// directory was named, by <c>--data</c> or <c>KOAUTH_DATA</c>. The implicit <c>./data</c> is never created by a command.
    /// </summary>
    public abstract Task<IServiceProvider> OpenOrCreateAsync(ParseResult command, CancellationToken ct);

    /// <summary>The services on the configured directory, whatever is in it: nothing was opened or looked at.</summary>
    public abstract IServiceProvider Build(ParseResult command);

    public abstract ValueTask DisposeAsync();
}
