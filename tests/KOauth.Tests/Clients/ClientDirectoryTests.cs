using KOauth.Clients;
using KOauth.Data;
using KOauth.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Clients;

public sealed class ClientDirectoryTests
{
    private static readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_is_found_by_id_and_by_key()
    {
        await using var database = Database();
        var stored = await AddAsync(database, "notes");
        var directory = database.Get<ClientDirectory>();

        Assert.Equal("notes", (await directory.FindAsync("notes", _ct))!.ClientId);
        Assert.Equal("notes", (await directory.FindAsync(stored.Key, _ct))!.ClientId);
        Assert.Null(await directory.FindAsync("Notes", _ct));
        Assert.Null(await directory.FindAsync(stored.Key + 1, _ct));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\0")]
    [InlineData("сlaude")]
    public async Task What_could_be_no_id_is_no_client(string id)
    {
        await using var database = Database();
        Assert.Null(await database.Get<ClientDirectory>().FindAsync(id, _ct));
        Assert.Null(await database.Get<ClientDirectory>().FindAsync(new string('a', 2049), _ct));
    }

    [Fact]
    public async Task A_client_found_again_costs_no_lock_no_database_and_no_memory()
    {
        await using var database = Database();
        var stored = await AddAsync(database, "notes");
        var directory = database.Get<ClientDirectory>();
        var first = await directory.FindAsync("notes", _ct);
        Find(directory, stored.Key, 1000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var last = Find(directory, stored.Key, 100);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Same(first, last);
    }

    [Fact]
    public async Task An_unknown_id_is_not_remembered_as_unknown()
    {
        await using var database = Database();
        var directory = database.Get<ClientDirectory>();
        Assert.Null(await directory.FindAsync("notes", _ct));

        // Another process registers it: this one's watch has not looked yet.
        await using var elsewhere = database.Open();
        await elsewhere.Database.ExecuteSqlRawAsync(
            """
            insert into clients (client_id, name, origin, auth_method, secrets, redirect_uris, grant_types, trusted, active, epoch, created_at)
            values ('notes', 'Notes', 0, 'none', '[]', '[]', '[]', 0, 1, 0, 0)
            """, _ct);

        Assert.NotNull(await directory.FindAsync("notes", _ct));
    }

    [Fact]
    public async Task A_change_in_this_process_is_seen_by_the_very_next_request()
    {
        await using var database = Database();
        await AddAsync(database, "notes");
        var directory = database.Get<ClientDirectory>();
        Assert.True((await directory.FindAsync("notes", _ct))!.Active);

        await using var db = database.Open();
        (await db.Clients.SingleAsync(_ct)).Active = false;
        await db.SaveChangesAsync(_ct);

        Assert.False((await directory.FindAsync("notes", _ct))!.Active);
    }

    [Fact]
    public async Task A_change_by_another_process_is_seen_once_the_watch_has_looked()
    {
        await using var database = Database();
        var stored = await AddAsync(database, "notes");
        var directory = database.Get<ClientDirectory>();
        await directory.FindAsync("notes", _ct);

        await using var elsewhere = database.Open();
        await elsewhere.Database.ExecuteSqlRawAsync("update clients set active = 0", _ct);
        Assert.True((await directory.FindAsync(stored.Key, _ct))!.Active);
        database.Get<ConfigWatch>().Saw(long.MaxValue);

        Assert.False((await directory.FindAsync(stored.Key, _ct))!.Active);
    }

    [Fact]
    public void A_flood_of_clients_does_not_fill_the_memory_nor_push_out_who_is_asked_for()
    {
        var recent = new RecentClients(capacity: 10);
        var used = new Client { Key = 1, ClientId = "used", Name = "Used" };
        recent.Add(used);
        for (var i = 2; i < 1000; i++)
        {
            recent.Add(new Client { Key = i, ClientId = $"flood-{i}", Name = "Flood" });
            Assert.True(recent.TryFind("used", out _));
            Assert.True(recent.TryFind(1, out _));
        }

        Assert.InRange(Enumerable.Range(2, 998).Count(i => recent.TryFind(i, out _)), 1, 20);
    }

    [Theory]
    [Trait("check", "A-54")]
    [InlineData("Claude-MCP")]
    [InlineData("claude-mcp ")]
    [InlineData("claude_mcp")]
    [InlineData("claudemcp")]
    [InlineData("сlаude-mcp")] // Cyrillic с and а
    [InlineData("ｃlaude‑mcp")] // full width c, non-breaking hyphen
    [InlineData("cIaude-mcp")]
    [InlineData("cladue-mcp")]
    public async Task A_mistyped_id_leads_to_the_nearest(string typed)
    {
        await using var database = Database();
        await AddAsync(database, "claude-mcp");
        await AddAsync(database, "another-client");

        Assert.Equal("claude-mcp", await database.Get<ClientDirectory>().NearestAsync(typed, _ct));
    }

    [Theory]
    [InlineData("something-else")]
    [InlineData("")]
    [InlineData("kos_hZ3kq0Vb1yq3m7mZQb2sYw8n4x5c6v7b8n9m0a1s2d3")]
    public async Task What_resembles_nothing_has_no_nearest(string typed)
    {
        await using var database = Database();
        await AddAsync(database, "claude-mcp");

        Assert.Null(await database.Get<ClientDirectory>().NearestAsync(typed, _ct));
    }

    private static Client? Find(ClientDirectory directory, int key, int times)
    {
        Client? found = null;
        for (var i = 0; i < times; i++)
        {
            var byId = directory.FindAsync("notes", CancellationToken.None);
            var byKey = directory.FindAsync(key, CancellationToken.None);
            found = byId.IsCompletedSuccessfully && byKey.IsCompletedSuccessfully ? byKey.Result : null;
        }

        return found;
    }

    private static TestDatabase Database() => new(services => services.AddClients());

    private static async Task<Client> AddAsync(TestDatabase database, string id)
    {
        await using var db = database.Open();
        var client = new Client { ClientId = id, Name = id, RedirectUris = ["https://notes.example/cb"] };
        db.Clients.Add(client);
        await db.SaveChangesAsync(_ct);
        return client;
    }
}
