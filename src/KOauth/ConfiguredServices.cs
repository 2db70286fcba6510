using System.Collections;
using System.CommandLine;
using System.CommandLine.Parsing;
using KOauth.Hosting;

namespace KOauth;

/// <summary>
/// What commands work on outside of tests: the engine rooms on the configured database, built once when the first command asks.
/// Nothing runs in the background; a server notices the changes within a second.
/// </summary>
internal sealed class ConfiguredServices(IReadOnlyDictionary<string, string> environment) : CommandServices
{
    private IHost? _host;

    public ConfiguredServices()
        : this(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? "", StringComparer.Ordinal))
    {
    }

    public override LoadedSettings Settings(ParseResult command)
    {
        var options = Given(command.CommandResult)
            .Where(option => option.Tokens.Count == 1 && SettingsTable.All.Any(s => s.Option == option.Option.Name))
            .ToDictionary(option => option.Option.Name, option => option.Tokens[0].Value, StringComparer.Ordinal);
        return Hosting.Settings.Load(environment, options);
    }

    public override Task<IServiceProvider> OpenAsync(ParseResult command, CancellationToken ct) =>
        Task.FromResult(Open(Settings(command)));

    public override Task<IServiceProvider> OpenOrCreateAsync(ParseResult command, CancellationToken ct)
    {
        var loaded = Settings(command);
        return Task.FromResult(loaded.DirectoryIsNamed ? Services(loaded) : Open(loaded));
    }

    public override async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable host)
        {
            await host.DisposeAsync();
        }
    }

    private static IEnumerable<OptionResult> Given(CommandResult command) =>
        command.Children.OfType<OptionResult>().Concat(command.Parent is CommandResult parent ? Given(parent) : []);

    private IServiceProvider Open(LoadedSettings loaded)
    {
        var settings = loaded.Settings;
        if (_host is null && !File.Exists(settings.DatabaseFile))
        {
            var serve = loaded.DirectoryIsNamed ? $"koauth serve --data {settings.DataDirectory}" : "koauth serve";
            throw new CommandRefusedException(
                $"There is no KOauth database in {settings.DataDirectory}. Start the server once with '{serve}', or name the right directory with --data.");
        }

        return Services(loaded);
    }

    private IServiceProvider Services(LoadedSettings loaded)
    {
        if (_host is null)
        {
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            builder.AddEngineRooms(loaded.Checked());
            _host = builder.Build();
        }

        return _host.Services;
    }
}
