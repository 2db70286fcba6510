using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Tests;

/// <summary>Commands as a script runs them: nobody answers, and standard input is what the script pipes in.</summary>
internal sealed class Piped(CommandServices services, string input) : CommandServices
{
    public override TextReader Input { get; } = new StringReader(input);

    public override bool IsTerminal => false;

    public override LoadedSettings Settings(ParseResult command) => services.Settings(command);

    public override Task<IServiceProvider> OpenAsync(ParseResult command, CancellationToken ct) => services.OpenAsync(command, ct);

    public override Task<IServiceProvider> OpenOrCreateAsync(ParseResult command, CancellationToken ct) => services.OpenOrCreateAsync(command, ct);

    public override IServiceProvider Build(ParseResult command) => services.Build(command);

    public override ValueTask DisposeAsync() => services.DisposeAsync();
}
