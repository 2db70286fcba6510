using KOauth.Grants;
using Microsoft.Data.Sqlite;

namespace KOauth.Data.Sqlite;

/// <summary>A few connections that read grants and links, each with its prepared statements. A read takes microseconds, so it is synchronous.</summary>
internal sealed class SqliteReaders(StoreSettings settings) : IDisposable
{
    private readonly Reader?[] _idle = new Reader?[8];
    private volatile bool _disposed;

    public GrantRecord? Find(Guid id) => Read(id, static (reader, id) => reader.Grants.Find(id));

    public int FindLinkEpoch(Guid userId, int clientKey) =>
        Read((userId, clientKey), static (reader, link) => reader.Links.FindEpoch(link.userId, link.clientKey));

    public void Dispose()
    {
        _disposed = true;
        for (var i = 0; i < _idle.Length; i++)
        {
            Interlocked.Exchange(ref _idle[i], null)?.Dispose();
        }
    }

    private T Read<TKey, T>(TKey key, Func<Reader, TKey, T> read)
    {
        var reader = Take();
        T found;
        try
        {
            found = read(reader, key);
        }
        catch
        {
            reader.Dispose(); // whatever is wrong with it, nobody else gets it
            throw;
        }

        Return(reader);
        return found;
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

        public LinkRows Links { get; } = new(connection);

        public void Dispose()
        {
            Grants.Dispose();
            Links.Dispose();
            connection.Dispose();
        }
    }
}
