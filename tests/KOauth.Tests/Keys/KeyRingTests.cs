using KOauth.Clients;
using KOauth.Data;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.Keys;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KOauth.Tests.Keys;

public sealed class KeyRingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_start_makes_every_key_and_a_file_only_its_owner_reads()
    {
        await using var node = KeyNode.New();

        await node.Ring.LoadAsync(Ct);

        Assert.Equal(["ES256", "RS256"], node.Ring.Keys.Signing.Select(k => k.Algorithm).Order());
        await using var db = node.Open();
        Assert.Equal(node.Ring.Master.Fingerprint, (await db.Store.SingleAsync(Ct)).MasterKeyFingerprint);
        Assert.Equal([SecretKeyPurpose.RefreshToken, SecretKeyPurpose.Seal, SecretKeyPurpose.Tag], await db.SecretKeys.Select(k => k.Purpose).Order().ToListAsync(Ct));
        Assert.Equal(["koauth.db", "master.key"], Directory.GetFiles(node.Directory).Select(Path.GetFileName).Where(f => !f!.StartsWith("koauth.db-", StringComparison.Ordinal)).Order());
        Assert.Matches("^[A-Za-z0-9+/]{43}=\n$", await File.ReadAllTextAsync(node.Settings.MasterKeyFile, Ct));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(node.Settings.MasterKeyFile));
        }
    }

    [Fact, Trait("check", "A-46")]
    public async Task After_a_restart_keys_and_everything_made_with_them_are_the_same()
    {
        await using var first = KeyNode.New();
        await first.Ring.LoadAsync(Ct);
        var seal = first.Get<Sealer>().Seal(SealPurpose.Code, [1, 2, 3]);
        var refresh = new RefreshTokens(first.Ring, first.Settings).Make(Guid.Empty, 7);
        var tag = new SourceTags(first.Ring).Of(System.Net.IPAddress.Loopback);

        await using var second = first.Again();
        await second.Ring.LoadAsync(Ct);

        Assert.Equal(first.Get<Jwks>().ETag, second.Get<Jwks>().ETag);
        Assert.Equal(first.Ring.Keys.Signing.Select(k => k.Kid), second.Ring.Keys.Signing.Select(k => k.Kid));
        Assert.True(second.Get<Sealer>().TryOpen(SealPurpose.Code, seal, out _));
        Assert.True(new RefreshTokens(second.Ring, second.Settings).TryRead(refresh, out _, out var generation));
        Assert.Equal(7, generation);
        Assert.Equal(tag, new SourceTags(second.Ring).Of(System.Net.IPAddress.Loopback));
    }

    [Fact]
    public async Task A_start_that_was_cut_off_after_the_file_is_finished_by_the_next()
    {
        await using var node = KeyNode.New();
        MasterKeyFile.Create(node.Settings.MasterKeyFile, OpenRing.Chance);
        var before = await File.ReadAllTextAsync(node.Settings.MasterKeyFile, Ct);

        await node.Ring.LoadAsync(Ct);

        Assert.Equal(before, await File.ReadAllTextAsync(node.Settings.MasterKeyFile, Ct));
        Assert.Equal(2, node.Ring.Keys.Signing.Count);
    }

    [Fact]
    public async Task A_master_key_from_the_settings_leaves_no_file()
    {
        var key = OpenRing.Chance.Bytes(32);
        await using var node = KeyNode.New(s => s with { MasterKey = key });
        await node.Ring.LoadAsync(Ct);

        Assert.False(File.Exists(node.Settings.MasterKeyFile));
        await using var again = node.Again(s => s with { MasterKey = key });
        await again.Ring.LoadAsync(Ct);
        Assert.Equal(node.Get<Jwks>().ETag, again.Get<Jwks>().ETag);
    }

    [Fact]
    public async Task Two_nodes_that_start_at_once_end_with_the_same_keys()
    {
        var key = OpenRing.Chance.Bytes(32);
        await using var one = KeyNode.New(s => s with { MasterKey = key });
        await using var other = one.Again(s => s with { MasterKey = key });

        await Task.WhenAll(Task.Run(() => one.Ring.LoadAsync(Ct), Ct), Task.Run(() => other.Ring.LoadAsync(Ct), Ct));

        Assert.Equal(one.Get<Jwks>().ETag, other.Get<Jwks>().ETag);
        Assert.Equal(2, one.Ring.Keys.Signing.Count);
    }

    [Fact]
    public async Task A_file_that_others_can_read_is_told()
    {
        await using var node = KeyNode.Keyed();
        OpenToGroup(UnixFileMode.GroupRead);
        await node.Ring.LoadAsync(Ct);
        Assert.Contains(node.Logged.Lines, l => l.Level == LogLevel.Warning && l.Text.Contains($"chmod 600 {node.Settings.MasterKeyFile}", StringComparison.Ordinal));

        OpenToGroup(UnixFileMode.None);
        await using var again = node.Again();
        await again.Ring.LoadAsync(Ct);
        Assert.DoesNotContain(again.Logged.Lines, l => l.Level >= LogLevel.Warning);

        void OpenToGroup(UnixFileMode more)
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(node.Settings.MasterKeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);
            }
        }
    }

    [Fact]
    public async Task Keys_and_an_epoch_that_another_node_writes_are_taken_up_while_the_server_runs()
    {
        await using var server = KeyNode.Keyed();
        await server.Ring.LoadAsync(Ct);
        var jwks = server.Get<Jwks>();
        var before = jwks.ETag;
        using var reload = new KeyReload(server.Ring, server.Get<ConfigWatch>(), server.Get<Warnings>(), Microsoft.Extensions.Logging.Abstractions.NullLogger<KeyReload>.Instance);
        await reload.StartAsync(Ct);

        await using (var db = server.Open())
        {
            db.SigningKeys.Add(new NewKeys(server.Ring.Master, OpenRing.Chance, DateTimeOffset.UnixEpoch).Signing("ES256"));
            await db.SaveChangesAsync(Ct);
        }

        Assert.True(SpinWait.SpinUntil(() => server.Ring.Keys.Signing.Count == 3, TimeSpan.FromSeconds(10)));
        Assert.NotEqual(before, jwks.ETag);

        await using (var db = server.Open())
        {
            (await db.Store.SingleAsync(Ct)).Epoch = 5; // a restore
            await db.SaveChangesAsync(Ct);
        }

        Assert.True(SpinWait.SpinUntil(() => server.Ring.StoreEpoch == 5, TimeSpan.FromSeconds(10)));
        await reload.StopAsync(Ct);
    }

    [Fact]
    public async Task A_change_of_something_else_keeps_the_keys_in_use()
    {
        await using var node = KeyNode.Keyed();
        await node.Ring.LoadAsync(Ct);
        var keys = node.Ring.Keys;
        await using var db = node.Open();
        db.Clients.Add(new Client { ClientId = "notes", Name = "Notes" });
        await db.SaveChangesAsync(Ct);

        await node.Ring.ReloadAsync(Ct);

        Assert.Same(keys, node.Ring.Keys);
    }

    [Fact]
    public async Task Keys_that_cannot_be_opened_are_not_taken_up()
    {
        await using var node = KeyNode.Keyed();
        await node.Ring.LoadAsync(Ct);
        var keys = node.Ring.Keys;
        await using var db = node.Open();
        (await db.SecretKeys.FirstAsync(Ct)).Wrapped = new byte[73];
        await db.SaveChangesAsync(Ct);

        await Assert.ThrowsAsync<StartRefusedException>(() => node.Ring.ReloadAsync(Ct));

        Assert.Same(keys, node.Ring.Keys);
    }

    [Fact]
    public void Keys_are_not_there_before_they_are_loaded() =>
        Assert.Throws<InvalidOperationException>(() => KeyNode.New().Ring.Keys);
}
