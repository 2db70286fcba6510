using KOauth.Data.Sqlite;
using KOauth.Grants;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Data;

/// <summary>How the store is put into a program: registered, then started by the server or opened by a command.</summary>
internal static class DataRegistration
{
    /// <summary>Contexts, the write gate, the watch over what is kept in memory, the clock (also as <see cref="TimeProvider"/>).</summary>
    public static IServiceCollection AddData(this IServiceCollection services, StoreSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton<WriteGate>();
        services.AddSingleton<Warnings>();
        services.AddSingleton<DataDirectoryLock>();
        services.AddSingleton(s => new Clock(s.GetRequiredService<StoreSettings>().SystemClock));
        services.AddSingleton<TimeProvider>(s => s.GetRequiredService<Clock>());

        services.AddSingleton<Databases>();
        services.AddSingleton<SqliteSchema>();
        services.AddSingleton<IDbContextFactory<KOauthDb>>(s => s.GetRequiredService<Databases>());
        services.AddScoped(s => s.GetRequiredService<Databases>().CreateDbContext()); // Identity's stores want one a request

        services.AddSingleton<ILedger, SqliteLedger>();

        services.AddSingleton<ConfigWatch>();
        services.AddSingleton<ConfigPoll>();
        services.AddSingleton<ClockMark>();
        services.AddHostedService(s => s.GetRequiredService<ConfigPoll>());
        services.AddHostedService(s => s.GetRequiredService<ClockMark>());
        return services;
    }

    /// <summary>
    /// The server's way in, before it listens: looks at the directory, locks it, migrates, sets the clock. Throws
    /// <see cref="StoreRefusedException"/>.
    /// </summary>
    public static async Task StartDataAsync(this IServiceProvider services, CancellationToken ct)
    {
        DataDirectory.Prepare(services.GetRequiredService<StoreSettings>().DataDirectory);
        services.GetRequiredService<DataDirectoryLock>().Take();
        await services.GetRequiredService<SqliteSchema>().MigrateAsync(ct);
        await ReadStateAsync(services, ct);
    }

    /// <summary>A command's way in: the database must be there, ours, and of this program's schema. Throws <see cref="StoreRefusedException"/>.</summary>
    public static async Task OpenDataAsync(this IServiceProvider services, CancellationToken ct)
    {
        DataDirectory.RequireExisting(services.GetRequiredService<StoreSettings>());
        services.GetRequiredService<SqliteSchema>().RequireCurrent();
        await ReadStateAsync(services, ct);
    }

    /// <summary>For a command that makes the first of something in a directory that was named: an empty database, no server.</summary>
    public static async Task CreateDataAsync(this IServiceProvider services, CancellationToken ct)
    {
        DataDirectory.Prepare(services.GetRequiredService<StoreSettings>().DataDirectory);
        using var held = new DataDirectoryLock(services.GetRequiredService<StoreSettings>());
        held.Take();
        await services.GetRequiredService<SqliteSchema>().MigrateAsync(ct);
    }

    private static async Task ReadStateAsync(IServiceProvider services, CancellationToken ct)
    {
        await services.GetRequiredService<ClockMark>().LoadAsync(ct);
        await services.GetRequiredService<ConfigPoll>().LookAsync(ct);
    }
}
