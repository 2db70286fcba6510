using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using KOauth.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Notes;

namespace KOauth.Tests.AspNetCore;

/// <summary>The sample MCP server in memory, protected by the library, with a stand-in for the authorization server and a clock of its own.</summary>
internal sealed class ProtectedApp : IAsyncDisposable, ILoggerProvider
{
    public const string BaseUrl = "https://notes.example";
    public const string Resource = "https://notes.example/mcp";
    public const string MetadataUrl = "https://notes.example/.well-known/oauth-protected-resource/mcp";

    private readonly WebApplication _app;
    private readonly LogLines _lines = new();

    private ProtectedApp(Func<ProtectedApp, WebApplication> build)
    {
        Server = new StandInServer(Clock);
        _app = build(this);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));

    public StandInServer Server { get; }

    public HttpClient Http => _app.GetTestClient();

    /// <summary>What the library wrote to the log, as <c>Level: text</c>.</summary>
    public IReadOnlyCollection<string> Log => _lines.All;

    /// <summary>The sample, started.</summary>
    public static async Task<ProtectedApp> StartAsync(Action<KOauthOptions>? configure = null, Action<StandInServer>? server = null)
    {
        var app = Sample(configure);
        server?.Invoke(app.Server);
        await app.RunAsync();
        return app;
    }

    /// <summary>The sample, not started yet.</summary>
    public static ProtectedApp Sample(Action<KOauthOptions>? configure = null, params string[] settings) =>
        new(own => NotesServer.Create(
            [$"--KOAUTH_URL={StandInServer.Issuer}", $"--BASE_URL={BaseUrl}", .. settings],
            builder => own.Prepare(builder, configure)));

    /// <summary>A project with nothing but the library, not started yet.</summary>
    public static ProtectedApp Empty(Action<WebApplication> map, Action<KOauthOptions>? configure = null, Action<WebApplicationBuilder>? customize = null) =>
        new(own =>
        {
            var builder = WebApplication.CreateBuilder([$"--KOAUTH_URL={StandInServer.Issuer}", $"--BASE_URL={BaseUrl}"]);
            builder.AddKOauth();
            own.Prepare(builder, configure);
            customize?.Invoke(builder);
            var app = builder.Build();
            map(app);
            return app;
        });

    public Task RunAsync() => _app.StartAsync(TestContext.Current.CancellationToken);

    /// <summary>Posts a JSON-RPC message to the MCP endpoint.</summary>
    public Task<HttpResponseMessage> PostAsync(string? token, string body = """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", string path = "/mcp") =>
        SendAsync(Message(HttpMethod.Post, path, token, body));

    public Task<HttpResponseMessage> CallToolAsync(string? token, string tool, string arguments = "{}") =>
        PostAsync(token, $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}}}}""");

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage message) => Http.SendAsync(message, TestContext.Current.CancellationToken);

    public static HttpRequestMessage Message(HttpMethod method, string path, string? token = null, string? body = null)
    {
        var message = new HttpRequestMessage(method, path);
        message.Headers.Accept.ParseAdd("application/json");
        message.Headers.Accept.ParseAdd("text/event-stream");
        if (token is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (body is not null)
        {
            message.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        return message;
    }

    /// <summary>Waits until the library has written such a line.</summary>
    public Task<string> LoggedAsync(string part) => _lines.WaitForAsync(part, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Server.Dispose();
    }

    void IDisposable.Dispose()
    {
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => new Writer(categoryName, _lines);

    private void Prepare(WebApplicationBuilder builder, Action<KOauthOptions>? configure)
    {
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders().AddProvider(this);
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.Configure<KOauthOptions>(KOauthDefaults.AuthenticationScheme, options =>
        {
            options.BackchannelHttpHandler = Server;
            configure?.Invoke(options);
        });
    }

    private sealed class Writer(string category, LogLines lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => category.StartsWith("KOauth.", StringComparison.Ordinal);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                lines.Add($"{logLevel}: {formatter(state, exception)}");
            }
        }
    }

    private sealed class LogLines
    {
        private readonly ConcurrentQueue<string> _all = new();
        private volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyCollection<string> All => _all;

        public void Add(string line)
        {
            _all.Enqueue(line);
            Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }

        public async Task<string> WaitForAsync(string part, CancellationToken ct)
        {
            while (true)
            {
                var next = _next.Task;
                if (_all.FirstOrDefault(line => line.Contains(part, StringComparison.Ordinal)) is { } found)
                {
                    return found;
                }

                await next.WaitAsync(TimeSpan.FromSeconds(20), ct);
            }
        }
    }
}
