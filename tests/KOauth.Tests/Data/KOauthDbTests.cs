using KOauth.Clients;
using KOauth.Data;
using KOauth.Grants;
using KOauth.Keys;
using KOauth.People;
using KOauth.Resources;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.Data;

public sealed class KOauthDbTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ConfigWatch Watch => _database.Get<ConfigWatch>();

    public async ValueTask InitializeAsync() => await _database.Services.StartDataAsync(Ct);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public void The_migrations_bring_the_whole_model()
    {
        using var db = _database.Open();

        Assert.False(db.Database.HasPendingModelChanges(), "Add a migration: see Data/Sqlite/SqliteDesign.cs");
    }

    [Fact]
    public void The_compiled_model_is_the_model()
    {
        using var db = _database.Open();

        Assert.True(
            Columns(db.Model).SequenceEqual(Columns(db.GetService<IDesignTimeModel>().Model)),
            "Compile the model again: see Data/Sqlite/SqliteDesign.cs");

        static List<string> Columns(IReadOnlyModel model) =>
        [
            .. from entity in model.GetEntityTypes()
               from property in entity.GetProperties()
               orderby entity.Name, property.Name
               select $"{entity.GetTableName()} {entity.Name}.{property.Name} {property.ClrType} {property.GetColumnName()}"
                   + $" {property.IsNullable} {property.GetMaxLength()} {property.GetValueConverter()?.GetType()} {property.IsPrimaryKey()}",
        ];
    }

    [Fact]
    [Trait("check", "A-84")]
    public async Task Every_table_of_the_model_is_in_the_migrated_database()
    {
        await using var db = _database.Open();
        var tables = db.Model.GetEntityTypes().Select(e => e.GetTableName()!).Distinct().ToList();
        Assert.True(tables.Count >= 19);

        foreach (var table in tables)
        {
#pragma warning disable EF1002 // the names are the model's
            await db.Database.ExecuteSqlRawAsync($"select * from \"{table}\" limit 0", Ct);
#pragma warning restore EF1002
        }

        foreach (var entity in db.Model.GetEntityTypes().Where(e => !e.IsOwned()))
        {
            var query = typeof(KOauthDbTests).GetMethod(nameof(Count))!.MakeGenericMethod(entity.ClrType);
            query.Invoke(null, [db]); // every column
        }
    }

    public static int Count<T>(DbContext db)
        where T : class => db.Set<T>().AsNoTracking().ToList().Count;

    [Fact]
    public async Task A_change_of_what_servers_remember_is_told_before_the_save_returns()
    {
        var told = new List<long>();
        Watch.Changed += () => told.Add(Watch.Version);

        await Save(db => db.Add(new Client { ClientId = "notes", Name = "Notes" }));
        await Save(db => db.Clients.Single().Active = false);
        await Save(db => db.Add(new Resource { Uri = "https://a", Canonical = "https://a", Name = "A" }));
        await Save(db => db.Add(new SigningKey { Kid = "1", Algorithm = "ES256", WrappedPrivateKey = [1], PublicKey = [1] }));
        await Save(db => db.Add(new SecretKey { Purpose = SecretKeyPurpose.Seal, Wrapped = [1] }));
        await Save(db => db.Remove(db.Clients.Single()));

        Assert.Equal([1, 2, 3, 4, 5, 6], told);
        await using var db = _database.Open();
        Assert.Equal(6, await db.Store.Select(s => s.ConfigVersion).SingleAsync(Ct));
    }

    [Fact]
    public async Task Other_changes_are_nobodys_news()
    {
        await Save(db => db.Add(new Client { ClientId = "notes", Name = "Notes" }));
        Watch.Changed += () => Assert.Fail("Nothing to forget.");

        await Save(db => db.Clients.Single().LastUsedAt = _database.Time.GetUtcNow());
        await Save(db => db.Add(new User { Id = Guid.NewGuid(), UserName = "alice" }));
        await Save(db => { });
    }

    [Fact]
    public void A_synchronous_save_raises_the_version_too()
    {
        using var db = _database.Open();
        db.Add(new Client { ClientId = "notes", Name = "Notes" });

        db.SaveChanges();

        Assert.Equal(1, Watch.Version);
        _database.Get<WriteGate>().Enter().Dispose();
    }

    [Fact]
    public async Task A_write_not_committed_leaves_nothing_and_tells_nobody()
    {
        await using (var db = _database.Open())
        await using (await db.BeginWriteAsync(Ct))
        {
            db.Add(new Client { ClientId = "notes", Name = "Notes" });
            db.AddAudit("cli", "client.created", "client:notes", null, _database.Time.GetUtcNow());
            await db.SaveChangesAsync(Ct);
        }

        await using var after = _database.Open();
        Assert.Equal((0, 0), (await after.Clients.CountAsync(Ct), await after.Audit.CountAsync(Ct)));
        Assert.Equal(0, Watch.Version);
        _database.Get<WriteGate>().Enter().Dispose();
    }

    [Fact]
    public async Task Several_statements_are_one_write_with_one_audit_row()
    {
        await Save(db => db.Add(new Client { ClientId = "notes", Name = "Notes" }));
        await using var db = _database.Open();
        await using (var write = await db.BeginWriteAsync(Ct))
        {
            await db.Clients.ExecuteUpdateAsync(c => c.SetProperty(x => x.Epoch, x => x.Epoch + 1), Ct);
            write.ConfigChanged();
            db.AddAudit("cli", "client.ended", "client:notes", null, _database.Time.GetUtcNow());
            await db.SaveChangesAsync(Ct);
            await write.CommitAsync(Ct);
        }

        Assert.Equal(2, Watch.Version);
        Assert.Equal(1, (await db.Clients.AsNoTracking().SingleAsync(Ct)).Epoch);
        Assert.Equal(_database.Time.GetUtcNow(), (await db.Audit.SingleAsync(Ct)).At);
    }

    [Fact]
    public async Task A_change_made_by_a_command_is_seen()
    {
        await using var command = new ServiceCollection().AddLogging().AddData(_database.Settings).BuildServiceProvider();
        await using (var db = command.GetRequiredService<Databases>().CreateDbContext())
        {
            db.Add(new Client { ClientId = "notes", Name = "Notes" });
            await db.SaveChangesAsync(Ct);
        }

        Assert.Equal(0, Watch.Version);
        await _database.Get<ConfigPoll>().LookAsync(Ct);
        Assert.Equal(1, Watch.Version);
    }

    [Fact]
    public async Task The_server_looks_for_such_changes_by_itself()
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Watch.Changed += () => seen.TrySetResult();
        await _database.Get<ConfigPoll>().StartAsync(Ct);
        await Save(db =>
        {
            db.Store.Single().ConfigVersion++; // as another process would: nobody here is told
        });

        await seen.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await _database.Get<ConfigPoll>().StopAsync(Ct);
    }

    [Fact]
    public async Task Every_connection_waits_for_the_disk_and_for_others()
    {
        await using var durable = new TestDatabase(settings: s => s with { Durable = true });
        await using var db = durable.Open();
        await db.Database.OpenConnectionAsync(Ct);

        Assert.Equal("5000", await Pragma("busy_timeout"));
        Assert.Equal("2", await Pragma("synchronous")); // FULL
        Assert.Equal("1", await Pragma("foreign_keys"));
        Assert.Equal("wal", await Pragma("journal_mode"));

        async Task<string?> Pragma(string name)
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"PRAGMA {name}";
            return (await command.ExecuteScalarAsync(Ct))?.ToString();
        }
    }

    [Fact]
    public async Task Instants_and_ids_are_stored_as_the_ledger_reads_them()
    {
        var link = new Link { UserId = Guid.NewGuid(), ClientKey = 1 };
        var at = DateTimeOffset.FromUnixTimeMilliseconds(1_764_072_000_123);
        await Save(db =>
        {
            db.Add(link);
            db.AddAudit("cli", "a", "b", null, at);
        });

        await using var db = _database.Open();
        Assert.Equal(
            Convert.ToHexString(link.UserId.ToByteArray()),
            await db.Database.SqlQuery<string>($"select hex(user_id) as Value from links").SingleAsync(Ct));
        Assert.Equal(
            1_764_072_000_123, await db.Database.SqlQuery<long>($"select at as Value from audit").SingleAsync(Ct));
    }

    private async Task Save(Action<KOauthDb> change)
    {
        await using var db = _database.Open();
        change(db);
        await db.SaveChangesAsync(Ct);
    }
}
