using System.Text.Json;
using KOauth.Bench.Http;
using KOauth.Bench.Load;
using KOauth.Bench.Processes;
using KOauth.Demo;

namespace KOauth.Bench;

/// <summary>
/// A real server on a directory of its own, set up by the product's own commands: a person who has signed in through the real
/// pages, a resource, and a client that needs no consent page.
/// </summary>
internal sealed class World : IAsyncDisposable
{
    public const string Probe = "/.well-known/oauth-authorization-server";

    private const string ClientId = "bench";
    private const string RedirectUri = "https://client.example.com/callback";
    private const string Resource = "https://mcp.example.com/mcp";
    private const string Email = "bench@example.com";
    private const string Password = "a long enough password for the bench";

    // RFC 7636, appendix B.
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private readonly string _directory;
    private readonly string _secret;
    private string _cookies = "";

    private World(string directory, ServerProcess server, string secret)
    {
        _directory = directory;
        _secret = secret;
        Server = server;
    }

    public ServerProcess Server { get; }

    public static async Task<World> StartAsync(string program, BenchOptions options)
    {
        var directory = Repository.NewDirectory();
        await CommandAsync("", "resource", "register", Resource, "--scopes", "notes:read notes:write");
        var client = await CommandAsync("", "client", "register", ClientId, "--redirect-uris", RedirectUri, "--trusted", "--json");
        await CommandAsync(Password + "\n", "user", "create", Email, "--password-stdin");
        var server = await StartServerAsync(program, directory, options);
        using var json = JsonDocument.Parse(client);
        var world = new World(directory, server, json.RootElement.GetProperty("clientSecret").GetString()!);
        await world.SignInAsync();
        return world;

        Task<string> CommandAsync(string input, params string[] arguments) =>
            Child.RunAsync(Child.Start(program, arguments, new Dictionary<string, string> { ["KOAUTH_DATA"] = directory }), input);
    }

    /// <summary>
    /// The server as it comes, but for one setting: with the usual grace a client that refreshes nine times in ten minutes is
    /// answered the token it has, which writes nothing. Without grace every refresh is a durable write.
    /// </summary>
    public static Task<ServerProcess> StartServerAsync(string program, string directory, BenchOptions options)
    {
        var port = ServerProcess.FreePort();
        var environment = new Dictionary<string, string>(options.Environment)
        {
            ["KOAUTH_DATA"] = directory,
            ["KOAUTH_URLS"] = $"http://localhost:{port}",
            ["KOAUTH_REFRESH_GRACE"] = "0",
            ["KOAUTH_LOG_LEVEL"] = options.LogLevel,
        };
        return ServerProcess.StartAsync(Child.Start(program, ["serve"], environment), port, Probe);
    }

    public IExchange Fetch(string path) => new FetchExchange(Requests.Get(Server.Host, path));

    public IExchange Connect(bool withOpenId) =>
        new ConnectExchange(Requests.Get(Server.Host, Authorize(withOpenId), _cookies), CodePost(), withOpenId);

    /// <summary>Connects once, and goes on from its refresh token.</summary>
    public IExchange Refresh()
    {
        using var wire = new Wire(Server.Port);
        var code = wire.Send(Requests.Get(Server.Host, Authorize(withOpenId: false), _cookies)).InHead("code="u8, (byte)'&', (byte)'\r').ToArray();
        var request = new byte[4096];
        var token = wire.Send(request.AsSpan(0, CodePost().Write(request, code))).InBody("\"refresh_token\":\""u8);
        var post = new FormPost(Server.Host, "/oauth/token", Requests.Form([("grant_type", "refresh_token"), .. Credentials()]), "refresh_token");
        return new RefreshExchange(post, System.Text.Encoding.ASCII.GetString(token));
    }

    /// <summary>The largest write-ahead log in the directory; a reader that hangs would let it grow for ever.</summary>
    public long LargestWal() => Directory.GetFiles(_directory, "*.db-wal").Select(f => new FileInfo(f).Length).DefaultIfEmpty().Max();

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task SignInAsync()
    {
        using var person = new ScriptedPerson(Email, Password);
        var site = new Uri($"http://{Server.Host}");
        await person.SignInAndApproveAsync(new Uri(site, Authorize(withOpenId: false)), CancellationToken.None);
        _cookies = person.Cookies(site);
    }

    private static string Authorize(bool withOpenId) => "/oauth/authorize?" + Requests.Form(
        ("response_type", "code"),
        ("client_id", ClientId),
        ("redirect_uri", RedirectUri),
        ("code_challenge", Challenge),
        ("code_challenge_method", "S256"),
        ("state", "xUEfmGSIfYHDLU0o6xW7YQ"),
        ("scope", withOpenId ? "openid notes:read notes:write offline_access" : "notes:read notes:write offline_access"),
        ("resource", Resource));

    private FormPost CodePost() => new(
        Server.Host,
        "/oauth/token",
        Requests.Form([("grant_type", "authorization_code"), ("redirect_uri", RedirectUri), ("code_verifier", Verifier), .. Credentials()]),
        "code");

    private (string Name, string Value)[] Credentials() => [("client_id", ClientId), ("client_secret", _secret), ("resource", Resource)];
}
