using System.Collections.Frozen;
using KOauth.Data;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Resources;

/// <summary>The resources as requests see them: all of them, in memory, read again after a change anywhere. Nobody writes to them.</summary>
internal sealed class ResourceDirectory
{
    private readonly IDbContextFactory<KOauthDb> _databases;
    private volatile Copy _copy = new();

    public ResourceDirectory(IDbContextFactory<KOauthDb> databases, ConfigWatch watch)
    {
        _databases = databases;
        watch.Changed += () => _copy = new Copy();
    }

    public ValueTask<IReadOnlyList<Resource>> AllAsync(CancellationToken ct)
    {
        var copy = _copy;
        return copy.Shelf is { } shelf ? new(shelf.All) : new(ReadAllAsync(copy, ct));
    }

    public ValueTask<Resource?> FindAsync(ResourceUri uri, CancellationToken ct)
    {
        var copy = _copy;
        return copy.Shelf is { } shelf ? new(shelf.ByUri.GetValueOrDefault(uri.Canonical)) : new(ReadOneAsync(copy, uri, ct));
    }

    public ValueTask<Resource?> FindAsync(int key, CancellationToken ct)
    {
        var copy = _copy;
        return copy.Shelf is { } shelf ? new(shelf.ByKey.GetValueOrDefault(key)) : new(ReadOneAsync(copy, key, ct));
    }

    /// <summary>The resource whose server names itself by this id (<see cref="Resource.CredentialId"/>).</summary>
    public async ValueTask<Resource?> FindByCredentialAsync(string credentialId, CancellationToken ct)
    {
        var copy = _copy;
        var shelf = copy.Shelf ?? await ReadAsync(copy, ct);
        return shelf.ByCredential.GetValueOrDefault(credentialId);
    }

    private async Task<IReadOnlyList<Resource>> ReadAllAsync(Copy copy, CancellationToken ct) => (await ReadAsync(copy, ct)).All;

    private async Task<Resource?> ReadOneAsync(Copy copy, ResourceUri uri, CancellationToken ct) =>
        (await ReadAsync(copy, ct)).ByUri.GetValueOrDefault(uri.Canonical);

    private async Task<Resource?> ReadOneAsync(Copy copy, int key, CancellationToken ct) =>
        (await ReadAsync(copy, ct)).ByKey.GetValueOrDefault(key);

    /// <summary>A read that began before a change fills the copy that the change threw away, never the new one.</summary>
    private async Task<Shelf> ReadAsync(Copy copy, CancellationToken ct)
    {
        await using var db = await _databases.CreateDbContextAsync(ct);
        var all = await db.Resources.AsNoTracking().OrderBy(r => r.Key).ToListAsync(ct);
        return copy.Shelf = new Shelf(
            all,
            all.ToFrozenDictionary(r => r.Canonical, StringComparer.Ordinal),
            all.ToFrozenDictionary(r => r.Key),
            all.Where(r => r.CredentialId is not null).ToFrozenDictionary(r => r.CredentialId!, StringComparer.Ordinal));
    }

    private sealed class Copy
    {
        private volatile Shelf? _shelf;

        public Shelf? Shelf
        {
            get => _shelf;
            set => _shelf = value;
        }
    }

    private sealed record Shelf(
        IReadOnlyList<Resource> All,
        FrozenDictionary<string, Resource> ByUri,
        FrozenDictionary<int, Resource> ByKey,
        FrozenDictionary<string, Resource> ByCredential);
}
