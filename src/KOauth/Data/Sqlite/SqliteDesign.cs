using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace KOauth.Data.Sqlite;

/// <summary>
/// For <c>dotnet ef</c> alone. A changed model gets its migration by
/// <c>dotnet ef migrations add NAME --project src/KOauth --context SqliteDb --output-dir Data/Migrations/Sqlite</c>.
/// </summary>
internal sealed class SqliteDesign : IDesignTimeDbContextFactory<SqliteDb>
{
    public SqliteDb CreateDbContext(string[] args) => new(
        new DbContextOptionsBuilder<SqliteDb>()
            .UseSqlite("Data Source=design.db")
            .UseApplicationServiceProvider(new IdentitySchema(null))
            .Options,
        new WriteGate(),
        new ConfigWatch());
}
