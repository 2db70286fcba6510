using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace KOauth.Clients;

/// <summary>
/// A bounded memory of clients, read without locks. It has two generations: when the young one is full it becomes the old one
/// and what was old is forgotten, so whoever is asked for survives and a flood of others passes through.
/// </summary>
internal sealed class RecentClients(int capacity)
{
    private readonly Lock _turning = new();
    private volatile Generation _young = new();
    private volatile Generation _old = new();

    public bool TryFind(string clientId, [NotNullWhen(true)] out Client? client)
    {
        if (_young.ById.TryGetValue(clientId, out client))
        {
            return true;
        }

        if (!_old.ById.TryGetValue(clientId, out client))
        {
            return false;
        }

        Add(client);
        return true;
    }

    public bool TryFind(int key, [NotNullWhen(true)] out Client? client)
    {
        if (_young.ByKey.TryGetValue(key, out client))
        {
            return true;
        }

        if (!_old.ByKey.TryGetValue(key, out client))
        {
            return false;
        }

        Add(client);
        return true;
    }

    public void Add(Client client)
    {
        var young = _young;
        if (!young.ById.TryAdd(client.ClientId, client))
        {
            return;
        }

        young.ByKey[client.Key] = client;
        if (Interlocked.Increment(ref young.Count) < capacity)
        {
            return;
        }

        lock (_turning)
        {
            if (ReferenceEquals(_young, young))
            {
                _old = young;
                _young = new Generation();
            }
        }
    }

    private sealed class Generation
    {
        public readonly ConcurrentDictionary<string, Client> ById = new(StringComparer.Ordinal);
        public readonly ConcurrentDictionary<int, Client> ByKey = new();
        public int Count;
    }
}
