using KOauth.Data;
using KOauth.Data.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace KOauth.Tests.Data;

/// <summary>
/// A data directory of its own for every test: the database is copied from a template that is migrated once a process, and
/// commits do not wait for the disk.
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static readonly Lazy<string> _template = new(MakeTemplate);

    private readonly ServiceProvider _services;

    internal TestDatabase(Action<IServiceCollection>? more = null, Func<StoreSettings, StoreSettings>? settings = null)
    {
        Directory = NewDirectory();
        CopyTo(Directory);
        Settings = new StoreSettings { DataDirectory = Directory, Durable = false, SystemClock = Time };
        Settings = settings?.Invoke(Settings) ?? Settings;
        var services = new ServiceCollection().AddLogging().AddData(Settings);
        more?.Invoke(services);
        _services = services.BuildServiceProvider();
    }

    public string Directory { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));

    internal StoreSettings Settings { get; }

    public IServiceProvider Services => _services;

    internal KOauthDb Open() => Get<Databases>().CreateDbContext();

    internal T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Remove(Directory);
    }

    public static string NewDirectory() => System.IO.Directory.CreateTempSubdirectory("koauth-").FullName;

    /// <summary>Puts a migrated, empty database into a directory.</summary>
    public static void CopyTo(string directory) => File.Copy(_template.Value, Path.Combine(directory, "koauth.db"));

    /// <summary>Closes what the connection pool still holds of the directory, and deletes it.</summary>
    public static void Remove(string directory)
    {
        ClearPool(Path.Combine(directory, "koauth.db"));
        System.IO.Directory.Delete(directory, recursive: true);
    }

    internal static void ClearPool(string file)
    {
        using var connection = new SqliteConnection(SqlitePragmas.ConnectionString(file));
        SqliteConnection.ClearPool(connection);
    }

    private static string MakeTemplate()
    {
        var directory = NewDirectory();
        var settings = new StoreSettings { DataDirectory = directory, Durable = false };
        using (var services = new ServiceCollection().AddLogging().AddData(settings).BuildServiceProvider())
        {
            services.StartDataAsync(CancellationToken.None).GetAwaiter().GetResult();
        }

        ClearPool(settings.DatabaseFile); // the last one to close moves the log into the file
        AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.Directory.Delete(directory, recursive: true);
        return settings.DatabaseFile;
    }
}
