using System.Net;
using System.Net.NetworkInformation;
using KOauth.Hosting;
using KOauth.Protocol;
using Notes;

namespace KOauth.Demo;

/// <summary>Everything the demo runs: a server on a temporary directory, the sample MCP server, and a page to try it by hand.</summary>
internal sealed class DemoWorld : IAsyncDisposable
{
    public const string Email = "demo@example.com";
    public const string ClientId = "claude-mcp";
    public const string CodeClientId = "claude-code";
    public const int CodeCallbackPort = 3118;
    public const string ClaudeRedirectUri = "https://claude.ai/api/mcp/auth_callback";

    private readonly List<WebApplication> _running = [];
    private readonly string _directory;

    private DemoWorld(string directory, int port, int mcpPort, int tryPort, string password)
    {
        _directory = directory;
        Issuer = $"http://localhost:{port}";
        McpUrl = $"http://localhost:{mcpPort}/mcp";
        TryUrl = $"http://localhost:{tryPort}/";
        Password = password;
    }

    public string Issuer { get; }

    public string McpUrl { get; }

    /// <summary>A page that begins a connection in the person's own browser.</summary>
    public string TryUrl { get; }

    public string Password { get; }

    public string ClientSecret { get; private set; } = "";

    public static async Task<DemoWorld> StartAsync(Randomness randomness, CancellationToken ct)
    {
        var directory = Directory.CreateTempSubdirectory("koauth-demo-").FullName;
        var ports = FreePorts(3000, 3);
        var world = new DemoWorld(directory, ports[0], ports[1], ports[2], randomness.Text(12));
        try
        {
            await world.StartAsync(ct);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = _running.Count - 1; i >= 0; i--)
        {
            await _running[i].StopAsync();
            await _running[i].DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private async Task StartAsync(CancellationToken ct)
    {
        var issuer = IssuerUri.TryParse(Issuer, out var parsed, out var why) ? parsed : throw new InvalidOperationException(why);
        var koauth = Server.Build(
            new KOauthSettings
            {
                Issuer = issuer!,
                DataDirectory = _directory,
                Urls = [Issuer],
                MasterKeyFile = Path.Combine(_directory, "master.key"),
            },
            Quiet);
        _running.Add(koauth);
        await koauth.StartAsync(ct);
        ClientSecret = await DemoSetUp.RunAsync(koauth.Services, this, ct);

        var notes = NotesServer.Create([$"--urls={new Uri(McpUrl).GetLeftPart(UriPartial.Authority)}", $"--KOAUTH_URL={Issuer}", $"--BASE_URL={McpUrl[..^"/mcp".Length]}"], Quiet);
        _running.Add(notes);
        await notes.StartAsync(ct);

        var byHand = DemoPage.Build(this, Quiet);
        _running.Add(byHand);
        await byHand.StartAsync(ct);
    }

    /// <summary>The demo tells what happens itself; only trouble is worth a log line.</summary>
    private static void Quiet(WebApplicationBuilder builder) => builder.Logging.SetMinimumLevel(LogLevel.Error);

    private static int[] FreePorts(int from, int count)
    {
        var used = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(l => l.Port).ToHashSet();
        return [.. Enumerable.Range(from, IPEndPoint.MaxPort - from).Where(p => !used.Contains(p)).Take(count)];
    }
}
