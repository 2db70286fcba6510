using System.Text.Json.Nodes;
using KOauth.Journeys.Browsers;
using KOauth.Journeys.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Notes;

[assembly: AssemblyFixture(typeof(KOauth.Journeys.World))]

namespace KOauth.Journeys;

/// <summary>
/// What a journey passes through, all real: a server in a process of its own, set up with its own commands; the sample MCP server;
/// the places browsers return to. Shared, because starting it takes seconds; every journey registers a client of its own.
/// </summary>
public sealed class World : IAsyncLifetime
{
    public const string Email = "ada@example.com";
    public const string Password = "seven quiet lanterns";

    private readonly TemporaryDirectory _directory = new();
    private readonly Lazy<Task<Chromium>> _chromium;
    private WebApplication? _notes;
    private KOauthProcess? _server;
    private Callbacks? _callbacks;
    private int _clients;
    private int _people;

    public World() => _chromium = new(() => Chromium.StartAsync(Callbacks.HttpsPort));

    public string Issuer => Server.Issuer;

    public string McpUrl { get; private set; } = "";

    public Callbacks Callbacks => _callbacks!;

    internal KOauthProcess Server => _server!;

    public async ValueTask InitializeAsync()
    {
        _callbacks = await Callbacks.StartAsync();
        _server = await KOauthProcess.StartAsync(_directory.Path, CancellationToken.None);
        var mcp = $"http://localhost:{FreePort.Next()}";
        McpUrl = $"{mcp}/mcp";
        await Task.WhenAll(
            _server.RunAsync(["user", "create", Email, "--password-stdin"], Password),
            _server.RunAsync(["resource", "register", McpUrl, "--name", "Notes", "--scopes", "notes:read notes:write", "--default-scopes", "notes:read",
                "--describe", "notes:read=Read your notes", "--describe", "notes:write=Write and delete your notes"]));
        _notes = NotesServer.Create(
            [$"--urls={mcp}", $"--KOAUTH_URL={Issuer}", $"--BASE_URL={mcp}"], builder => builder.Logging.SetMinimumLevel(LogLevel.Error));
        await _notes.StartAsync();
    }

    /// <summary>Registers a client as its owner would, with an id nobody has.</summary>
    public async Task<(string Id, string? Secret)> RegisterClientAsync(params string[] options)
    {
        var id = $"app-{Interlocked.Increment(ref _clients)}";
        var printed = JsonNode.Parse(await Server.RunAsync(["client", "register", id, "--json", .. options]))!;
        return (id, printed["clientSecret"]?.GetValue<string>());
    }

    /// <summary>An account that nobody else uses, with the password of all; returns its email address.</summary>
    public async Task<string> NewPersonAsync()
    {
        var email = $"person-{Interlocked.Increment(ref _people)}@example.com";
        await Server.RunAsync(["user", "create", email, "--password-stdin"], Password);
        return email;
    }

    /// <summary>A browser that knows nobody yet.</summary>
    public async Task<IPage> NewPageAsync(Action<BrowserNewContextOptions>? set = null)
    {
        Tool.Chromium.Need();
        return await (await _chromium.Value).NewPageAsync(set);
    }

    public async ValueTask DisposeAsync()
    {
        if (_chromium.IsValueCreated)
        {
            await (await _chromium.Value).DisposeAsync();
        }

        if (_notes is not null)
        {
            await _notes.StopAsync();
            await _notes.DisposeAsync();
        }

        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_callbacks?.DisposeAsync() ?? ValueTask.CompletedTask);
        _directory.Dispose();
    }
}
