using KOauth.Data;
using KOauth.Hosting;
using KOauth.Keys;
using KOauth.Protocol;
using KOauth.Tests.Data;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.Keys;

/// <summary>A data directory with keys, made once a process and copied: making an RSA pair for every test costs more than the test.</summary>
internal static class KeyedDirectory
{
    private static readonly Lazy<string> _template = new(Make);

    /// <summary>Puts database and master key into a directory in which nothing is open yet.</summary>
    public static void CopyTo(string directory)
    {
        File.Copy(Path.Combine(_template.Value, "koauth.db"), Path.Combine(directory, "koauth.db"), overwrite: true);
        File.Copy(Path.Combine(_template.Value, "master.key"), Path.Combine(directory, "master.key"), overwrite: true);
    }

    /// <summary>What the engine room needs beside the store.</summary>
    public static void Configure(IServiceCollection services, KOauthSettings settings) =>
        services.AddSingleton(settings).AddSingleton<Randomness>().AddKeys();

    public static KOauthSettings Settings(string directory) => OpenRing.Settings() with
    {
        DataDirectory = directory,
        MasterKeyFile = Path.Combine(directory, "master.key"),
    };

    private static string Make()
    {
        var directory = TestDatabase.NewDirectory();
        TestDatabase.CopyTo(directory);
        var store = new StoreSettings { DataDirectory = directory, Durable = false };
        var services = new ServiceCollection().AddLogging().AddData(store);
        Configure(services, Settings(directory));
        using (var built = services.BuildServiceProvider())
        {
            built.GetRequiredService<KeyRing>().LoadAsync(CancellationToken.None).GetAwaiter().GetResult();
        }

        TestDatabase.ClearPool(store.DatabaseFile); // the last one to close moves the log into the file
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        return directory;
    }
}
