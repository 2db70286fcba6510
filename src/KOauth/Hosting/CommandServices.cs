using System.CommandLine;

namespace KOauth.Hosting;

/// <summary>
/// What a command needs: opens the configured database and builds the services when a command runs. Commands print to
/// <see cref="ParseResult.InvocationConfiguration"/>'s writers, never to the console, so that tests read them.
/// </summary>
internal abstract class CommandServices
{
    /// <summary>
    /// The services on the configured, existing database. Throws <see cref="CommandRefusedException"/> with a sentence when there
    /// is none (a wrong directory must not read "no such client").
    /// </summary>
    public abstract Task<IServiceProvider> OpenAsync(ParseResult command, CancellationToken ct);
}
