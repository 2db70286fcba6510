using Microsoft.EntityFrameworkCore;

namespace KOauth.Data;

/// <summary>KOauth's tables in a SQLite file.</summary>
internal sealed class SqliteDb(DbContextOptions<SqliteDb> options) : KOauthDb(options);
