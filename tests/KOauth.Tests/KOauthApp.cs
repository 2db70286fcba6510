using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using KOauth.Clients;
using KOauth.Data;
using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Resources;
using KOauth.Stories;
using KOauth.Tests.Data;
using KOauth.Tests.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace KOauth.Tests;

/// <summary>The whole server in memory on a database of its own: what a client, a person and an administrator can do to it.</summary>
internal sealed class KOauthApp : IAsyncDisposable
{
    public const string Issuer = "https://auth.example.test";
    public const string NotesUri = "https://notes.example.test/mcp";
    public const string Callback = "https://app.example.test/cb";
    public const string Password = "nine amber lanterns drift";

    /// <summary>Where clients and people are unless a test moves them.</summary>
    public static readonly IPAddress Home = IPAddress.Parse("198.51.100.7");

    private readonly WebApplication _app;
    private readonly TestPeer _peer;
    private readonly ToldEvents _told;

    private KOauthApp(WebApplication app, FakeTimeProvider clock, KOauthSettings settings)
    {
        _app = app;
        _peer = app.Services.GetRequiredService<TestPeer>();
        _told = app.Services.GetRequiredService<ToldEvents>();
        Clock = clock;
        Settings = settings;
        Http = new HttpClient(Server.CreateHandler()) { BaseAddress = new Uri(settings.Issuer.Value) };
    }

    public FakeTimeProvider Clock { get; }

    public KOauthSettings Settings { get; }

    public IServiceProvider Services => _app.Services;

    public TestServer Server => _app.GetTestServer();

    /// <summary>An application: no cookies, no redirects.</summary>
    public HttpClient Http { get; }

    public string DataDirectory => Settings.DataDirectory;

    public static async Task<KOauthApp> StartAsync(
        Func<KOauthSettings, KOauthSettings>? change = null, Action<IServiceCollection>? services = null)
    {
        var directory = TestDatabase.NewDirectory();
        KeyedDirectory.CopyTo(directory); // making an RSA pair for every test costs more than the test
        Assert.True(IssuerUri.TryParse(Issuer, out var issuer, out _));
        var settings = new KOauthSettings
        {
            Issuer = issuer!,
            DataDirectory = directory,
            Urls = [Issuer],
            MasterKeyFile = Path.Combine(directory, "master.key"),
        };
        settings = change?.Invoke(settings) ?? settings;
        return await StartOnAsync(settings, new FakeTimeProvider(new DateTimeOffset(2026, 11, 25, 9, 0, 0, TimeSpan.Zero)), services);
    }

    /// <summary>The same data served by a new process.</summary>
    public async Task<KOauthApp> RestartAsync(Func<KOauthSettings, KOauthSettings>? change = null)
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        return await StartOnAsync(change?.Invoke(Settings) ?? Settings, Clock, null);
    }

    /// <summary>Another process on data in another directory, which has a master key.</summary>
    public Task<KOauthApp> StartElsewhereAsync(string directory) => StartOnAsync(
        Settings with { DataDirectory = directory, MasterKeyFile = Path.Combine(directory, "master.key") }, Clock, null);

    public Browser OpenBrowser() => new(Server.CreateHandler(), Settings.Issuer.Value);

    public KOauthDb OpenDatabase() => Services.GetRequiredService<IDbContextFactory<KOauthDb>>().CreateDbContext();

    public async Task<Resource> AddResourceAsync(string uri = NotesUri, params string[] scopes)
    {
        await using var db = OpenDatabase();
        var names = scopes.Length > 0 ? scopes : ["notes:read", "notes:write"];
        Assert.True(ResourceUri.Parse(uri).Ok(out var parsed, out _));
        var resource = new Resource
        {
            Uri = uri,
            Canonical = parsed.Canonical,
            Name = "Notes",
            Scopes = [.. names.Select((n, i) => new ResourceScope(i + 1, n, null, false))],
            CreatedAt = Clock.GetUtcNow(),
        };
        db.Resources.Add(resource);
        await db.SaveChangesAsync();
        return resource;
    }

    /// <summary>A client as an administrator registers it; the secret is <see cref="SecretOf"/>.</summary>
    public async Task<Client> AddClientAsync(string id = "app", bool isPublic = false, Action<Client>? change = null)
    {
        await using var db = OpenDatabase();
        var client = new Client
        {
            ClientId = id,
            Name = "Example app",
            AuthMethod = isPublic ? "none" : "client_secret_post",
            RedirectUris = [Callback],
            CreatedAt = Clock.GetUtcNow(),
        };
        if (!isPublic)
        {
            client.Secrets = [new ClientSecret(SHA256.HashData(Encoding.UTF8.GetBytes(SecretOf(id))), SecretOf(id)[^4..], Clock.GetUtcNow(), null)];
        }

        change?.Invoke(client);
        db.Clients.Add(client);
        await db.SaveChangesAsync();
        return client;
    }

    public static string SecretOf(string clientId) => $"kos_secret-of-{clientId}";

    public async Task<User> AddUserAsync(string email = "alice@example.test", string password = Password, Action<User>? change = null)
    {
        using var scope = Services.CreateScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var user = new User { UserName = email, Email = email, CreatedAt = Clock.GetUtcNow() };
        change?.Invoke(user);
        var created = await users.CreateAsync(user, password);
        Assert.True(created.Succeeded, string.Join(' ', created.Errors.Select(e => e.Description)));
        return user;
    }

    public async Task<User> UserAsync(string email = "alice@example.test")
    {
        await using var db = OpenDatabase();
        return await db.Users.AsNoTracking().SingleAsync(u => u.Email == email);
    }

    /// <summary>A client, a resource and a person: what most tests begin with.</summary>
    public static async Task<KOauthApp> StartReadyAsync(
        bool isPublic = false, Action<Client>? client = null, Func<KOauthSettings, KOauthSettings>? change = null)
    {
        var koauth = await StartAsync(change);
        await koauth.AddResourceAsync();
        await koauth.AddClientAsync("app", isPublic, client);
        await koauth.AddUserAsync();
        return koauth;
    }

    /// <summary>Changes something behind the server's back, as an administrator's command does.</summary>
    public async Task ChangeAsync(Func<KOauthDb, Task> change)
    {
        await using var db = OpenDatabase();
        await change(db);
        await db.SaveChangesAsync();
    }

    public Task ChangeClientAsync(string id, Action<Client> change) =>
        ChangeAsync(async db => change(await db.Clients.SingleAsync(c => c.ClientId == id)));

    public Task ChangeUserAsync(string email, Action<User> change) =>
        ChangeAsync(async db => change(await db.Users.SingleAsync(u => u.Email == email)));

    public Task<TokenReply> TokenAsync(params (string Name, string Value)[] form) => TokenAsync(null, form);

    public async Task<TokenReply> TokenAsync(string? basic, params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token")
        {
            Content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value))),
        };
        if (basic is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic)));
        }

        return await TokenReply.ReadAsync(await Http.SendAsync(request));
    }

    /// <summary>The events told so far, oldest first.</summary>
    public IReadOnlyList<StoryEvent> Told => _told.All;

    /// <summary>The address requests come from.</summary>
    public IPAddress Address
    {
        get => _peer.Address;
        set => _peer.Address = value;
    }

    /// <summary>Stops the server and leaves its files to be looked at.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        TestDatabase.Remove(DataDirectory);
    }

    private static async Task<KOauthApp> StartOnAsync(KOauthSettings settings, FakeTimeProvider clock, Action<IServiceCollection>? services)
    {
        var app = KOauth.Server.Build(settings, builder =>
        {
            builder.WebHost.UseTestServer(options => options.BaseAddress = new Uri(settings.Issuer.Value));
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton(settings.Store with { Durable = false, SystemClock = clock });
            builder.Services.AddSingleton(new PasswordCost(8, 1));
            builder.Services.AddSingleton<TestPeer>();
            builder.Services.AddSingleton<IStartupFilter>(s => s.GetRequiredService<TestPeer>());
            builder.Services.AddSingleton<ToldEvents>();
            builder.Services.AddSingleton<ILoggerProvider>(s => s.GetRequiredService<ToldEvents>());
            services?.Invoke(builder.Services);
        });
        await app.StartAsync();
        return new KOauthApp(app, clock, settings);
    }
}
