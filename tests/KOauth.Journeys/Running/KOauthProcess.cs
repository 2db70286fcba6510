using System.Net;

namespace KOauth.Journeys.Running;

/// <summary>A running <c>koauth serve</c> on a data directory that survives it.</summary>
internal sealed class KOauthProcess : IAsyncDisposable
{
    private static readonly TimeSpan _glance = TimeSpan.FromMilliseconds(25);

    private readonly IReadOnlyDictionary<string, string>? _settings;
    private readonly HttpClient _http = new();
    private RunningProgram? _program;

    private KOauthProcess(string directory, IReadOnlyDictionary<string, string>? settings)
    {
        Directory = directory;
        Issuer = $"http://localhost:{FreePort.Next()}";
        _settings = settings;
    }

    public string Directory { get; }

    public string Issuer { get; }

    public RunningProgram Program => _program ?? throw new InvalidOperationException("It was never started.");

    public static async Task<KOauthProcess> StartAsync(string directory, CancellationToken ct, IReadOnlyDictionary<string, string>? settings = null)
    {
        var server = new KOauthProcess(directory, settings);
        await server.StartAsync(ct);
        return server;
    }

    /// <summary>Starts it, again if need be, and waits until it answers.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }

        _program = KOauthCommand.Start(["serve", "--data", Directory, "--urls", Issuer], _settings);
        using var patience = Patience.Begin(ct);
        while (!await AnswersAsync(patience.Token))
        {
            Assert.False(_program.HasExited, $"koauth serve ended:\n{_program.Output}{_program.Error}");
            await Task.Delay(_glance, patience.Token); // there is nothing to listen to before it listens
        }
    }

    /// <summary>Runs a command of the product on this server's data, as its owner would.</summary>
    public Task<string> RunAsync(IEnumerable<string> arguments, string? input = null) =>
        KOauthCommand.RunAsync([.. arguments, "--data", Directory], input);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken ct)
    {
        try
        {
            using var answer = await _http.GetAsync($"{Issuer}/.well-known/oauth-authorization-server", ct);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
