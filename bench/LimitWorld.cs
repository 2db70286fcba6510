using KOauth.Bench.Http;
using KOauth.Bench.Limits;
using KOauth.Bench.Load;
using KOauth.Bench.Processes;

namespace KOauth.Bench;

/// <summary>The limit server on a directory of its own.</summary>
internal sealed class LimitWorld : IAsyncDisposable
{
    private readonly string _directory;

    private LimitWorld(string directory, ServerProcess server)
    {
        _directory = directory;
        Server = server;
    }

    public ServerProcess Server { get; }

    public static async Task<LimitWorld> StartAsync()
    {
        var directory = Repository.NewDirectory();
        var port = ServerProcess.FreePort();
        var start = Child.Start(Path.Combine(AppContext.BaseDirectory, "KOauth.Bench"), [LimitServer.Verb, $"{port}", directory]);
        return new LimitWorld(directory, await ServerProcess.StartAsync(start, port, LimitServer.Constant));
    }

    public IExchange Fetch(string path) => new FetchExchange(Requests.Get(Server.Host, path));

    /// <summary>A form of the size of a refresh.</summary>
    public IExchange Post(string path)
    {
        var fields = Requests.Form(
            ("grant_type", "refresh_token"), ("client_id", "bench"), ("client_secret", new string('s', 47)), ("resource", "https://mcp.example.com/mcp"));
        var request = new byte[1024];
        var length = new FormPost(Server.Host, path, fields, "refresh_token").Write(request, new byte[60].Select(_ => (byte)'r').ToArray());
        return new FetchExchange(request[..length]);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
