using KOauth.Data;
using KOauth.Hosting;
using KOauth.Keys;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Keys;

/// <summary>Each way to break the key store stops the start with path and remedy, and changes nothing .</summary>
[Trait("check", "A-86")]
public sealed class BrokenKeyStoreTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task A_missing_master_key() => RefusesAsync(
        node => File.Delete(node.Settings.MasterKeyFile),
        "master.key is missing", "Put the file back", "KOAUTH_MASTER_KEY");

    [Fact]
    public Task An_unreadable_master_key() => RefusesAsync(
        node =>
        {
            File.Delete(node.Settings.MasterKeyFile);
            Directory.CreateDirectory(node.Settings.MasterKeyFile); // nobody can read it, not even root
        },
        "master.key cannot be read", "as the user who owns the file", "chmod 600");

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("correct horse battery staple!!!!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRW")]
    [InlineData("q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=")]
    public Task A_malformed_master_key(string text) => RefusesAsync(
        node => File.WriteAllText(node.Settings.MasterKeyFile, text),
        "master.key is not a key", "32 random bytes as base64", "Put the file back");

    [Fact]
    public Task The_master_key_of_another_database() => RefusesAsync(
        node => File.WriteAllText(node.Settings.MasterKeyFile, Convert.ToBase64String(OpenRing.Chance.Bytes(32))),
        "master.key is not the one of", "koauth.db", "its fingerprint is", "Put back the key that belongs to this database");

    [Fact]
    public Task The_key_setting_of_another_database() => RefusesAsync(
        _ => { },
        node => node.Again(s => s with { MasterKey = OpenRing.Chance.Bytes(32) }),
        "The master key in KOAUTH_MASTER_KEY is not the one of", "koauth.db");

    [Fact]
    public Task A_lost_fingerprint() => RefusesAsync(
        node => ChangeAsync(node, db => db.Store.ExecuteUpdateAsync(s => s.SetProperty(r => r.MasterKeyFingerprint, (byte[]?)null), Ct)),
        "only half there", "not the fingerprint", "Restore the database from a backup");

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public Task A_lost_signing_key(string algorithm) => RefusesAsync(
        node => ChangeAsync(node, db => db.SigningKeys.Where(k => k.Algorithm == algorithm).ExecuteDeleteAsync(Ct)),
        "only half there", $"the {algorithm} signing key missing", "Restore the database from a backup");

    [Theory]
    [InlineData(nameof(SecretKeyPurpose.RefreshToken))]
    [InlineData(nameof(SecretKeyPurpose.Seal))]
    [InlineData(nameof(SecretKeyPurpose.Tag))]
    public Task A_lost_secret_key(string purpose) => RefusesAsync(
        node => ChangeAsync(node, db => db.SecretKeys.Where(k => k.Purpose == Enum.Parse<SecretKeyPurpose>(purpose)).ExecuteDeleteAsync(Ct)),
        "only half there", $"the secret key '{purpose}' missing");

    [Fact, Trait("check", "R-20")]
    public Task All_keys_lost_but_the_fingerprint() => RefusesAsync(
        async node =>
        {
            await ChangeAsync(node, db => db.SigningKeys.ExecuteDeleteAsync(Ct));
            await ChangeAsync(node, db => db.SecretKeys.ExecuteDeleteAsync(Ct));
        },
        "only half there", "the ES256 signing key, the RS256 signing key, the secret key 'RefreshToken'");

    [Fact, Trait("check", "R-20")]
    public Task All_keys_lost_but_those_of_data_protection() => RefusesAsync(
        async node =>
        {
            await ChangeAsync(node, db => db.SigningKeys.ExecuteDeleteAsync(Ct));
            await ChangeAsync(node, db => db.SecretKeys.ExecuteDeleteAsync(Ct));
            await ChangeAsync(node, db => db.Store.ExecuteUpdateAsync(s => s.SetProperty(r => r.MasterKeyFingerprint, (byte[]?)null), Ct));
            await using var db = node.Open();
            db.DataProtectionKeys.Add(new DataProtectionKey { FriendlyName = "key-1", Xml = "<key />" });
            await db.SaveChangesAsync(Ct);
        },
        "only half there");

    [Fact]
    public Task A_damaged_secret_key() => RefusesAsync(
        node => ChangeRowAsync<SecretKey>(node, k => k.Purpose == SecretKeyPurpose.Seal, k => k.Wrapped[^1] ^= 1),
        "The secret key 'Seal' 1 in", "cannot be opened", "Restore the database from a backup");

    [Fact]
    public Task A_secret_key_put_into_the_place_of_another() => RefusesAsync(
        async node =>
        {
            await using var db = node.Open();
            var seal = await db.SecretKeys.SingleAsync(k => k.Purpose == SecretKeyPurpose.Seal, Ct);
            (await db.SecretKeys.SingleAsync(k => k.Purpose == SecretKeyPurpose.RefreshToken, Ct)).Wrapped = [.. seal.Wrapped];
            await db.SaveChangesAsync(Ct);
        },
        "The secret key 'RefreshToken' 1 in", "cannot be opened");

    [Fact]
    public Task A_secret_key_with_an_impossible_number() => RefusesAsync(
        node => ChangeAsync(node, db => db.SecretKeys.Where(k => k.Purpose == SecretKeyPurpose.Seal)
            .ExecuteUpdateAsync(s => s.SetProperty(k => k.Number, 300), Ct)),
        "The secret key 'Seal' 300 in", "cannot be opened");

    [Fact]
    public Task A_damaged_signing_key() => RefusesAsync(
        node => ChangeRowAsync<SigningKey>(node, k => k.Algorithm == "ES256", k => k.WrappedPrivateKey = [.. k.WrappedPrivateKey[..^1]]),
        "The signing key ", "cannot be opened");

    [Fact]
    public Task A_published_key_that_is_not_ours() => RefusesAsync(
        node => ChangeRowAsync<SigningKey>(node, k => k.Algorithm == "ES256", k => k.PublicKey = OpenRing.MakeSigningKey("ES256", OpenRing.Made).PublicKey),
        "The signing key ", "cannot be opened");

    [Fact]
    public Task A_published_key_that_is_none() => RefusesAsync(
        node => ChangeRowAsync<SigningKey>(node, k => k.Algorithm == "RS256", k => k.PublicKey = [1, 2, 3]),
        "The signing key ", "cannot be opened");

    [Fact]
    public async Task A_directory_that_cannot_be_written_at_the_first_start()
    {
        await using var node = KeyNode.New();
        var file = Path.Combine(node.Directory, "a-file");
        await File.WriteAllTextAsync(file, "", Ct);
        await using var start = node.Again(s => s with { MasterKeyFile = Path.Combine(file, "master.key") });

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => start.Ring.LoadAsync(Ct));

        Assert.Contains($"cannot be written to {file}/master.key", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Make the directory writable", refused.Message, StringComparison.Ordinal);
        await using var db = node.Open();
        Assert.False(await db.SecretKeys.AnyAsync(Ct));
    }

    [Fact]
    public async Task A_link_to_nowhere_in_the_place_of_the_first_master_key()
    {
        await using var node = KeyNode.New();
        File.CreateSymbolicLink(node.Settings.MasterKeyFile, "/nowhere/master.key"); // a volume that is not mounted

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => node.Ring.LoadAsync(Ct));

        Assert.Contains("cannot be written to", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(new FileInfo(node.Settings.MasterKeyFile).LinkTarget);
    }

    [Fact]
    public async Task A_database_that_cannot_be_written_keeps_the_file_for_the_next_start()
    {
        await using var node = KeyNode.New();
        await using (var db = node.Open())
        {
            await db.Database.ExecuteSqlRawAsync("create trigger full before insert on secret_keys begin select raise(abort, 'disk full'); end", Ct);
        }

        await Assert.ThrowsAsync<DbUpdateException>(() => node.Ring.LoadAsync(Ct));

        var key = await File.ReadAllTextAsync(node.Settings.MasterKeyFile, Ct);
        await using (var db = node.Open())
        {
            Assert.False(await db.SigningKeys.AnyAsync(Ct));
            Assert.Null((await db.Store.SingleAsync(Ct)).MasterKeyFingerprint);
            await db.Database.ExecuteSqlRawAsync("drop trigger full", Ct);
        }

        await node.Ring.LoadAsync(Ct);
        Assert.Equal(key, await File.ReadAllTextAsync(node.Settings.MasterKeyFile, Ct));
    }

    private static Task RefusesAsync(Action<KeyNode> damage, params string[] words) => RefusesAsync(
        node =>
        {
            damage(node);
            return Task.CompletedTask;
        },
        node => node.Again(),
        words);

    private static Task RefusesAsync(Action<KeyNode> damage, Func<KeyNode, KeyNode> start, params string[] words) => RefusesAsync(
        node =>
        {
            damage(node);
            return Task.CompletedTask;
        },
        start,
        words);

    private static Task RefusesAsync(Func<KeyNode, Task> damage, params string[] words) => RefusesAsync(damage, node => node.Again(), words);

    private static async Task RefusesAsync(Func<KeyNode, Task> damage, Func<KeyNode, KeyNode> start, params string[] words)
    {
        await using var node = KeyNode.Keyed();
        await damage(node);
        var before = await ContentAsync(node);

        await using var next = start(node);
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => next.Ring.LoadAsync(Ct));

        Assert.All(words, word => Assert.Contains(word, refused.Message, StringComparison.Ordinal));
        Assert.Contains(node.Directory, refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("Nothing was changed.", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await ContentAsync(node));
    }

    private static async Task<List<string>> ContentAsync(KeyNode node)
    {
        var file = node.Settings.MasterKeyFile;
        var content = new List<string>
        {
            string.Join(' ', Directory.GetFileSystemEntries(node.Directory).Where(f => !f.Contains("koauth.db", StringComparison.Ordinal)).Order()),
            File.Exists(file) ? $"{new FileInfo(file).UnixFileMode} {await File.ReadAllTextAsync(file, Ct)}" : "no file",
        };
        await using var db = node.Open();
        await db.Database.OpenConnectionAsync(Ct);
        foreach (var table in new[] { "signing_keys", "secret_keys", "store", "data_protection_keys" })
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // the four names above
            command.CommandText = $"select * from {table}";
#pragma warning restore CA2100
            await using var rows = (SqliteDataReader)await command.ExecuteReaderAsync(Ct);
            while (await rows.ReadAsync(Ct))
            {
                content.Add(string.Join('|', Enumerable.Range(0, rows.FieldCount).Select(i =>
                    rows.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : $"{rows.GetValue(i)}")));
            }
        }

        return content;
    }

    private static async Task ChangeAsync(KeyNode node, Func<KOauthDb, Task> change)
    {
        await using var db = node.Open();
        await using var write = await db.BeginWriteAsync(Ct);
        await change(db);
        await write.CommitAsync(Ct);
    }

    private static async Task ChangeRowAsync<T>(KeyNode node, System.Linq.Expressions.Expression<Func<T, bool>> which, Action<T> change)
        where T : class
    {
        await using var db = node.Open();
        var row = await db.Set<T>().SingleAsync(which, Ct);
        change(row);
        db.Entry(row).State = EntityState.Modified; // bytes changed in place do not show
        await db.SaveChangesAsync(Ct);
    }
}
