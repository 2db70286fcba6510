using System.Collections;
using System.CommandLine;
using System.CommandLine.Parsing;
using KOauth.Data;
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
        OpenAsync(Settings(command), mayCreate: false, ct);

    public override Task<IServiceProvider> OpenOrCreateAsync(ParseResult command, CancellationToken ct)
    {
        var loaded = Settings(command);
        return OpenAsync(loaded, loaded.DirectoryIsNamed, ct);
    }

    public override IServiceProvider Build(ParseResult command) => Build(Settings(command).Checked());

    public override async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable host)
        {
            await host.DisposeAsync();
        }
    }

    private static IEnumerable<OptionResult> Given(CommandResult command) =>
        command.Children.OfType<OptionResult>().Concat(command.Parent is CommandResult parent ? Given(parent) : []);

    private async Task<IServiceProvider> OpenAsync(LoadedSettings loaded, bool mayCreate, CancellationToken ct)
    {
        if (_host is not null)
        {
            return _host.Services;
        }

        var settings = loaded.Checked();
        var services = Build(settings);
        if (mayCreate && !File.Exists(settings.DatabaseFile))
        {
            await services.CreateDataAsync(ct);
        }

        await services.OpenDataAsync(ct);
        return services;
    }

    private IServiceProvider Build(KOauthSettings settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.AddEngineRooms(settings);
        _host = builder.Build();
        return _host.Services;
    }
}
