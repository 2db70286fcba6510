using KOauth.Grants;
using Microsoft.Data.Sqlite;

namespace KOauth.Data.Sqlite;

/// <summary>A few connections that read grants, each with its prepared statement. A read takes microseconds, so it is synchronous.</summary>
internal sealed class SqliteReaders(StoreSettings settings) : IDisposable
{
    private readonly Reader?[] _idle = new Reader?[8];
    private volatile bool _disposed;

    public GrantRecord? Find(Guid id)
    {
        var reader = Take();
        GrantRecord? found;
        try
        {
            found = reader.Grants.Find(id);
        }
        catch
        {
            reader.Dispose(); // whatever is wrong with it, nobody else gets it
            throw;
        }

        Return(reader);
        return found;
    }

    public void Dispose()
    {
        _disposed = true;
        for (var i = 0; i < _idle.Length; i++)
        {
            Interlocked.Exchange(ref _idle[i], null)?.Dispose();
        }
    }

    private Reader Take()
    {
        for (var i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is not null && Interlocked.Exchange(ref _idle[i], null) is { } reader)
            {
                return reader;
            }
        }

        return new Reader(SqlitePragmas.Open(settings.DatabaseFile, settings.Durable));
    }

    private void Return(Reader reader)
    {
        for (var i = 0; i < _idle.Length && !_disposed; i++)
        {
            if (_idle[i] is null && Interlocked.CompareExchange(ref _idle[i], reader, null) is null)
            {
                return;
            }
        }

        reader.Dispose();
    }

    private sealed class Reader(SqliteConnection connection) : IDisposable
    {
        public GrantRows Grants { get; } = new(connection);

        public void Dispose()
        {
            Grants.Dispose();
            connection.Dispose();
        }
    }
}
