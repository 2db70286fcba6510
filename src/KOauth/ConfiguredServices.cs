using System.CommandLine;
using KOauth.Hosting;
using KOauth.Protocol;

namespace KOauth;

/// <summary>
/// What commands work on outside of tests: the engine rooms on the configured database, built once when the first command asks.
/// Nothing runs in the background; the server notices the changes within a second.
/// </summary>
internal sealed class ConfiguredServices : CommandServices
{
    private IHost? _host;

    public override Task<IServiceProvider> OpenAsync(ParseResult command, CancellationToken ct)
    {
        var (directory, named) = Directory(command);
        if (!File.Exists(Path.Combine(directory, "koauth.db")))
        {
            throw new CommandRefusedException(
                $"There is no KOauth database in {directory}. Start the server there with: koauth serve{(named ? $" --data {directory}" : "")}, or name the right directory with --data.");
        }

        return Task.FromResult(Services(directory));
    }

    public override Task<IServiceProvider> OpenOrCreateAsync(ParseResult command, CancellationToken ct)
    {
        var (directory, named) = Directory(command);
        return named ? Task.FromResult(Services(directory)) : OpenAsync(command, ct);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable host)
        {
            await host.DisposeAsync();
        }
    }

    private static (string Path, bool Named) Directory(ParseResult command)
    {
        var named = command.DataDirectory() ?? Environment.GetEnvironmentVariable("KOAUTH_DATA");
        return (Path.GetFullPath(named is { Length: > 0 } ? named : "data"), named is { Length: > 0 });
    }

    private IServiceProvider Services(string directory)
    {
        if (_host is null)
        {
            if (!IssuerUri.TryParse("http://localhost:3000", out var issuer, out var why))
            {
                throw new CommandRefusedException(why!);
            }

            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            builder.AddEngineRooms(new KOauthSettings
            {
                Issuer = issuer!,
                DataDirectory = directory,
                Urls = [issuer!.Value],
                MasterKeyFile = Path.Combine(directory, "master.key"),
            });
            _host = builder.Build();
        }

        return _host.Services;
    }
}
