using KOauth.Data;
using KOauth.Hosting;
using KOauth.Keys;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Keys;

/// <summary>A new master key: whatever happens in between, the keys of the database can be opened.</summary>
public sealed class MasterKeyChangeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_opens_with_the_new_key_and_nothing_with_the_old_one()
    {
        await using var node = KeyNode.Keyed();
        await node.Ring.LoadAsync(Ct);
        var sealedBefore = node.Get<Sealer>().Seal(SealPurpose.Code, [7]);
        var protectedBefore = node.Get<IDataProtectionProvider>().CreateProtector("test").Protect("text");
        var old = node.Ring.Master;
        var before = await File.ReadAllTextAsync(node.Settings.MasterKeyFile, Ct);

        var kept = await node.Get<MasterKeyChange>().InPlaceAsync("test", Ct);

        Assert.Equal(before.Trim(), (await File.ReadAllTextAsync(kept, Ct)).Trim());
        Assert.NotEqual(before, await File.ReadAllTextAsync(node.Settings.MasterKeyFile, Ct));
        OwnersOnly(kept, node.Settings.MasterKeyFile);
        await using var again = node.Again();
        await again.Ring.LoadAsync(Ct);
        Assert.NotEqual(old.Fingerprint, again.Ring.Master.Fingerprint);
        Assert.Equal(node.Get<Jwks>().ETag, again.Get<Jwks>().ETag);
        Assert.True(again.Get<Sealer>().TryOpen(SealPurpose.Code, sealedBefore, out _));
        Assert.Equal("text", again.Get<IDataProtectionProvider>().CreateProtector("test").Unprotect(protectedBefore));
        await using var db = again.Open();
        Assert.All(await db.SigningKeys.ToListAsync(Ct), k => Assert.Null(old.Unwrap(WrappedKind.SigningKey, k.WrappingId, k.WrappedPrivateKey)));
        Assert.All(await db.SecretKeys.ToListAsync(Ct), k => Assert.Null(k.Unwrap(old)));
        Assert.Equal("keys.rewrapped", (await db.Audit.SingleAsync(Ct)).Action);
    }

    [Fact]
    public async Task Cut_off_before_the_database_changed_the_old_key_is_the_one_and_the_next_try_takes_the_file_that_is_there()
    {
        await using var node = KeyNode.Keyed();
        var next = MasterKeyFile.Create(MasterKeyFile.Next(node.Settings.MasterKeyFile), OpenRing.Chance);

        await node.Ring.LoadAsync(Ct);
        await node.Get<MasterKeyChange>().InPlaceAsync("test", Ct);

        await using var again = node.Again();
        await again.Ring.LoadAsync(Ct);
        Assert.Equal(next.Fingerprint, again.Ring.Master.Fingerprint);
        Assert.False(File.Exists(MasterKeyFile.Next(node.Settings.MasterKeyFile)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cut_off_after_the_database_changed_the_next_start_finishes_it(bool oldWasKept)
    {
        await using var node = KeyNode.Keyed();
        await node.Ring.LoadAsync(Ct);
        var file = node.Settings.MasterKeyFile;
        var before = await File.ReadAllTextAsync(file, Ct);
        var kept = await node.Get<MasterKeyChange>().InPlaceAsync("test", Ct);
        File.Move(file, MasterKeyFile.Next(file)); // as it was in the middle
        await File.WriteAllTextAsync(file, before, Ct);
        if (!oldWasKept)
        {
            await File.WriteAllTextAsync(kept, "half a k", Ct);
        }

        await using var again = node.Again();
        await again.Ring.LoadAsync(Ct);

        Assert.Equal(node.Get<Jwks>().ETag, again.Get<Jwks>().ETag);
        Assert.False(File.Exists(MasterKeyFile.Next(file)));
        Assert.Equal(before.Trim(), (await File.ReadAllTextAsync(kept, Ct)).Trim());
        Assert.Contains(again.Logged.Lines, l => l.Text.Contains("Finished a change of the master key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_row_that_does_not_open_stops_it_and_nothing_is_changed()
    {
        await using var node = KeyNode.Keyed();
        await node.Ring.LoadAsync(Ct);
        await using (var db = node.Open())
        {
            (await db.SecretKeys.OrderBy(k => k.Purpose).LastAsync(Ct)).Wrapped = new byte[73];
            await db.SaveChangesAsync(Ct);
        }

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => node.Get<MasterKeyChange>().InPlaceAsync("test", Ct));

        Assert.Contains("secret key 'Tag' 1", refused.Message, StringComparison.Ordinal);
        await using var look = node.Open();
        Assert.Equal(node.Ring.Master.Fingerprint, (await look.Store.SingleAsync(Ct)).MasterKeyFingerprint);
        Assert.True((await look.SecretKeys.FirstAsync(Ct)).Unwrap(node.Ring.Master) is not null);
    }

    [Fact]
    public async Task A_server_that_runs_follows_and_makes_no_key_with_the_old_one()
    {
        await using var server = KeyNode.Keyed();
        await server.Ring.LoadAsync(Ct);
        await using var command = server.Again();
        await command.Ring.LoadAsync(Ct);
        var keys = server.Ring.Keys;
        await command.Get<MasterKeyChange>().InPlaceAsync("test", Ct);

        await Assert.ThrowsAsync<CommandRefusedException>(() => server.Get<KeyChanges>().RotateAsync(TimeSpan.Zero, "test", Ct));
        await server.Ring.ReloadAsync(Ct);
        await server.Get<KeyChanges>().RotateAsync(TimeSpan.FromHours(1), "test", Ct);

        await using var again = server.Again();
        await again.Ring.LoadAsync(Ct);
        Assert.Equal(4, again.Ring.Keys.Signing.Count);
        Assert.NotSame(keys, server.Ring.Keys);
        Assert.Equal(server.Ring.Master.Fingerprint, again.Ring.Master.Fingerprint);
    }

    [Fact]
    public async Task A_server_that_looks_between_the_database_and_the_file_finds_the_next_key()
    {
        await using var server = KeyNode.Keyed();
        await server.Ring.LoadAsync(Ct);
        var file = server.Settings.MasterKeyFile;
        var before = await File.ReadAllTextAsync(file, Ct);
        await using (var command = server.Again())
        {
            await command.Ring.LoadAsync(Ct);
            await command.Get<MasterKeyChange>().InPlaceAsync("test", Ct);
        }

        File.Move(file, MasterKeyFile.Next(file));
        await File.WriteAllTextAsync(file, before, Ct);
        await server.Ring.ReloadAsync(Ct);

        Assert.Equal(MasterKeyFile.Read(MasterKeyFile.Next(file))!.Fingerprint, server.Ring.Master.Fingerprint);
    }

    [Fact]
    public async Task A_next_key_of_something_else_is_left_where_it_is()
    {
        await using var node = KeyNode.Keyed();
        File.Delete(node.Settings.MasterKeyFile);
        MasterKeyFile.Create(node.Settings.MasterKeyFile, OpenRing.Chance);
        MasterKeyFile.Create(MasterKeyFile.Next(node.Settings.MasterKeyFile), OpenRing.Chance);

        await Assert.ThrowsAsync<StartRefusedException>(() => node.Ring.LoadAsync(Ct));

        Assert.True(File.Exists(MasterKeyFile.Next(node.Settings.MasterKeyFile)));
    }

    private static void OwnersOnly(params string[] files)
    {
        foreach (var file in files)
        {
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }
}
