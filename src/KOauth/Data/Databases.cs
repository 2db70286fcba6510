using KOauth.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Migrations;

namespace KOauth.Data;

/// <summary>Opens contexts on the configured database. Whoever opens one disposes it.</summary>
internal sealed class Databases(StoreSettings settings, WriteGate gate, ConfigWatch watch, ILoggerFactory loggers) : IDbContextFactory<KOauthDb>
{
    private readonly DbContextOptions<SqliteDb> _options = new DbContextOptionsBuilder<SqliteDb>()
        .UseSqlite(SqlitePragmas.ConnectionString(settings.DatabaseFile))
        .UseApplicationServiceProvider(new IdentitySchema(loggers))
        .ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning))
        .ReplaceService<IMigrationsSqlGenerator, WithoutRowid>()
        .AddInterceptors(new SqlitePragmas(settings.Durable))
        .Options;

    public KOauthDb CreateDbContext() => new SqliteDb(_options, gate, watch);
}
