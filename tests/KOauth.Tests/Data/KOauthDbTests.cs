using KOauth.Clients;
using KOauth.Data;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Data;

public sealed class KOauthDbTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _database.Services.StartDataAsync(Ct);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_changed_client_raises_the_config_version_and_is_told_before_the_save_returns()
    {
        var watch = _database.Get<ConfigWatch>();
        var told = 0;
        watch.Changed += () => told++;

        await using var db = _database.Open();
        db.Clients.Add(new Client { ClientId = "notes", Name = "Notes" });
        await db.SaveChangesAsync(Ct);

        Assert.Equal((1, 1L), (told, watch.Version));
        Assert.Equal(1, await db.Store.Select(s => s.ConfigVersion).SingleAsync(Ct));
    }

    [Fact]
    public void The_migrations_bring_the_whole_model()
    {
        using var db = _database.Open();

        Assert.False(db.Database.HasPendingModelChanges(), "Add a migration: see Data/Sqlite/SqliteDesign.cs");
    }
}
