using KOauth.Data;
using KOauth.Hosting;
using KOauth.Keys;
using KOauth.Tests.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KOauth.Tests.Keys;

/// <summary>One process as far as keys go: store and engine room on a data directory, and what it logs.</summary>
internal sealed class KeyNode : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private KeyNode(TestDatabase database, KOauthSettings settings)
    {
        _database = database;
        Settings = settings;
    }

    public KOauthSettings Settings { get; }

    public string Directory => Settings.DataDirectory;

    public KeyRing Ring => Get<KeyRing>();

    public LogLines Logged => Get<LogLines>();

    /// <summary>A node on an empty, migrated database.</summary>
    public static KeyNode New(Func<KOauthSettings, KOauthSettings>? change = null) => On(null, change);

    /// <summary>A node on a database that has keys.</summary>
    public static KeyNode Keyed(Func<KOauthSettings, KOauthSettings>? change = null)
    {
        var node = New(change);
        KeyedDirectory.CopyTo(node.Directory);
        return node;
    }

    /// <summary>The next start, or another node, on the same data.</summary>
    public KeyNode Again(Func<KOauthSettings, KOauthSettings>? change = null) => On(Directory, change);

    public T Get<T>()
        where T : notnull => _database.Get<T>();

    public KOauthDb Open() => _database.Open();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static KeyNode On(string? directory, Func<KOauthSettings, KOauthSettings>? change)
    {
        KOauthSettings? settings = null;
        var database = new TestDatabase(
            services =>
            {
                KeyedDirectory.Configure(services, settings!);
                services.AddSingleton<LogLines>();
                services.AddSingleton<ILoggerProvider>(s => s.GetRequiredService<LogLines>());
            },
            store =>
            {
                settings = KeyedDirectory.Settings(directory ?? store.DataDirectory);
                settings = change?.Invoke(settings) ?? settings;
                return store with { DataDirectory = settings.DataDirectory };
            });
        return new KeyNode(database, settings!);
    }

    public sealed class LogLines : ILoggerProvider, ILogger
    {
        private readonly List<(LogLevel Level, string Text)> _lines = [];

        public IReadOnlyList<(LogLevel Level, string Text)> Lines
        {
            get
            {
                lock (_lines)
                {
                    return [.. _lines];
                }
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
            {
                _lines.Add((logLevel, formatter(state, exception)));
            }
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Dispose()
        {
        }
    }
}
