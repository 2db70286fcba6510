using Microsoft.EntityFrameworkCore;

namespace KOauth.Data.Sqlite;

/// <summary>KOauth's tables in a SQLite file.</summary>
internal sealed class SqliteDb(DbContextOptions<SqliteDb> options, WriteGate gate, ConfigWatch watch)
    : KOauthDb(options, gate, watch);
