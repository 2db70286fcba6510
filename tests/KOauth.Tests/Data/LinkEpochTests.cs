using KOauth.Clients;
using KOauth.Data;
using KOauth.Grants;
using KOauth.People;

namespace KOauth.Tests.Data;

public sealed class LinkEpochTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new();
    private readonly User _alice = new() { Id = Guid.NewGuid(), UserName = "alice", Email = "alice@example.com" };
    private readonly Client _notes = new() { ClientId = "notes", Name = "Notes" };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ILedger Ledger => _database.Get<ILedger>();

    public async ValueTask InitializeAsync()
    {
        await _database.Services.StartDataAsync(Ct);
        await using var db = _database.Open();
        db.AddRange(_alice, _notes);
        await db.SaveChangesAsync(Ct);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_person_who_never_disconnected_an_app_is_at_epoch_0() =>
        Assert.Equal(0, await Ledger.FindLinkEpochAsync(_alice.Id, _notes.Key, Ct));

    [Fact]
    public async Task The_next_code_carries_the_epoch_of_the_last_disconnect()
    {
        await using var db = _database.Open();
        var link = new Link { UserId = _alice.Id, ClientKey = _notes.Key, Epoch = 3 };
        db.Add(link);
        await db.SaveChangesAsync(Ct);

        Assert.Equal(3, await Ledger.FindLinkEpochAsync(_alice.Id, _notes.Key, Ct));

        link.Epoch++;
        await db.SaveChangesAsync(Ct);

        Assert.Equal(4, await Ledger.FindLinkEpochAsync(_alice.Id, _notes.Key, Ct));
        Assert.Equal(0, await Ledger.FindLinkEpochAsync(_alice.Id, _notes.Key + 1, Ct));
    }
}
