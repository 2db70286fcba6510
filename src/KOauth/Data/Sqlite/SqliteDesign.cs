using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace KOauth.Data.Sqlite;

/// <summary>
/// For <c>dotnet ef</c> alone. A changed model gets its migration, and its compiled form, which spares every start and every
/// command the better part of a second, by
/// <code>
/// dotnet ef migrations add NAME --project src/KOauth --context SqliteDb --output-dir Data/Migrations/Sqlite
/// dotnet ef dbcontext optimize --project src/KOauth --context SqliteDb --output-dir Data/Migrations/Sqlite/Model --namespace KOauth.Data.Migrations.Sqlite.Model
/// </code>
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
