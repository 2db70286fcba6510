using KOauth.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.Admin.Keys;

public sealed class KeysCommandsTests : IDisposable
{
    private readonly CommandLine _koauth = CommandLine.WithDatabase();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public KeysCommandsTests() => KOauth.Tests.Keys.KeyedDirectory.CopyTo(_koauth.DataDirectory);

    public void Dispose() => _koauth.Dispose();

    [Fact]
    public async Task Listing_says_what_each_key_is_for_and_shows_nothing_secret()
    {
        var text = await _koauth.TypeAsync("keys list");
        var json = await _koauth.TypeAsync("keys list --json");

        Assert.Equal((0, ""), (text.ExitCode, text.Error));
        Assert.Matches(@"^KID +ALGORITHM +STATE\n[\w-]{43} +ES256 +signs\n[\w-]{43} +RS256 +signs\nAll keys are wrapped with the master key [0-9a-f]{16}\.\n$", text.Output);
        Assert.Equal(["ES256", "RS256"], json.Json.GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("algorithm").GetString()));
        Assert.DoesNotContain("rivate", json.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_without_keys_says_who_makes_them_and_makes_none()
    {
        using var empty = CommandLine.WithDatabase();

        var listed = await empty.TypeAsync("keys list");

        Assert.Equal((0, "There are no keys yet: the server makes them when it starts for the first time.\n"), (listed.ExitCode, listed.Output));
        Assert.False(File.Exists(Path.Combine(empty.DataDirectory, "master.key")));
    }

    [Fact]
    public async Task Rotating_publishes_new_keys_that_sign_later_and_is_written_down()
    {
        var rotated = await _koauth.TypeAsync("keys rotate");
        var listed = await _koauth.TypeAsync("keys list");

        Assert.Equal((0, ""), (rotated.ExitCode, rotated.Error));
        Assert.Matches(@"^[\w-]{43} +ES256 +published, signs from \d{4}-.*\n[\w-]{43} +RS256 +published, signs from .*\nThe keys before stay published", rotated.Output);
        Assert.Equal(2, listed.Output.Split('\n').Count(l => l.Contains(" published, signs from ", StringComparison.Ordinal)));
        Assert.Equal(2, listed.Output.Split('\n').Count(l => l.Contains(" signs until ", StringComparison.Ordinal)));
        Assert.Equal(2, await _koauth.InDatabaseAsync(db => db.Audit.CountAsync(a => a.Action == "key.made" && a.Actor.StartsWith("cli:"), Ct)));

        var again = (await _koauth.TypeAsync("keys rotate --after 24h --json")).Json.GetProperty("keys").EnumerateArray().ToList();

        Assert.Equal(2, again.Count);
        Assert.All(again, k => Assert.Contains(k.GetProperty("kid").GetString()!, rotated.Output, StringComparison.Ordinal));
        Assert.Equal(4, await _koauth.InDatabaseAsync(db => db.SigningKeys.CountAsync(Ct)));
    }

    [Fact]
    [Trait("check", "R-11")]
    public async Task Revoking_the_active_key_makes_a_fresh_one_at_once()
    {
        var kid = await SignerAsync();

        var revoked = await _koauth.TypeAsync($"keys revoke {kid}");

        var fresh = await SignerAsync();
        Assert.NotEqual(kid, fresh);
        Assert.Equal((0, ""), (revoked.ExitCode, revoked.Error));
        Assert.StartsWith($"Revoked the ES256 key {kid}; it is published no more.\nThe key {fresh} signs from now on.\n", revoked.Output, StringComparison.Ordinal);
        Assert.Matches($@"{kid} +ES256 +revoked \d{{4}}-", (await _koauth.TypeAsync("keys list")).Output);
        Assert.StartsWith($"The key {kid} was revoked already", (await _koauth.TypeAsync($"keys revoke {kid}")).Output, StringComparison.Ordinal);
        Assert.Equal(fresh, await SignerAsync());
        Assert.Equal(1, await _koauth.InDatabaseAsync(db => db.Audit.CountAsync(a => a.Action == "key.revoked" && a.Target == $"key:{kid}", Ct)));
    }

    [Theory]
    [InlineData("keys revoke nobody", 1, "There is no signing key 'nobody'.\n  koauth keys list\n")]
    [InlineData("keys revoke", 2, null)]
    [InlineData("keys rotate --after soon", 2, null)]
    [InlineData("keys rotate --after 0", 2, null)]
    [InlineData("keys rotate ES256", 2, null)]
    [InlineData("keys rewrap --new-master-key", 2, null)]
    public async Task A_slip_changes_no_key(string line, int exitCode, string? error)
    {
        var before = (await _koauth.TypeAsync("keys list")).Output;

        var refused = await _koauth.TypeAsync(line);

        Assert.Equal((exitCode, ""), (refused.ExitCode, refused.Output));
        Assert.Equal(error ?? refused.Error, refused.Error);
        Assert.Equal(before, (await _koauth.TypeAsync("keys list")).Output);
    }

    [Fact]
    public async Task Rewrapping_in_place_says_where_both_master_keys_are()
    {
        var file = Path.Combine(_koauth.DataDirectory, "master.key");
        var before = await File.ReadAllTextAsync(file, Ct);

        var done = await _koauth.TypeAsync("keys rewrap");

        Assert.Equal((0, ""), (done.ExitCode, done.Error));
        var old = Assert.Single(Directory.GetFiles(_koauth.DataDirectory, "master.key.old-*"));
        Assert.Contains($"All keys are wrapped with a new master key, in {file}.\n", done.Output, StringComparison.Ordinal);
        Assert.Contains($"The old one is kept in {old}", done.Output, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(old, Ct));
        Assert.Equal(0, (await _koauth.TypeAsync("keys rotate")).ExitCode);
    }

    [Fact]
    public async Task A_master_key_of_the_settings_is_replaced_by_one_in_a_named_file_and_the_old_one_opens_nothing_any_more()
    {
        _koauth.Environment["KOAUTH_MASTER_KEY"] = (await File.ReadAllTextAsync(Path.Combine(_koauth.DataDirectory, "master.key"), Ct)).Trim();
        File.Delete(Path.Combine(_koauth.DataDirectory, "master.key"));
        var file = Path.Combine(_koauth.DataDirectory, "new.key");

        var inPlace = await _koauth.TypeAsync("keys rewrap");
        Assert.Equal((1, ""), (inPlace.ExitCode, inPlace.Output));
        Assert.Contains("koauth keys rewrap --new-master-key-file FILE", inPlace.Error, StringComparison.Ordinal);
        var done = await _koauth.TypeAsync($"keys rewrap --new-master-key-file {file} --json");

        Assert.Equal((0, ""), (done.ExitCode, done.Error));
        Assert.Equal(file, done.Json.GetProperty("masterKeyFile").GetString());
        var wrong = await _koauth.TypeAsync("keys rotate");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("The master key in KOAUTH_MASTER_KEY is not the one of", wrong.Error, StringComparison.Ordinal);
        _koauth.Environment.Remove("KOAUTH_MASTER_KEY");
        _koauth.Environment["KOAUTH_MASTER_KEY_FILE"] = file;
        Assert.Equal(0, (await _koauth.TypeAsync("keys rotate")).ExitCode);
        var same = await _koauth.TypeAsync($"keys rewrap --new-master-key-file {file}");
        Assert.Equal((1, $"The file {file} holds the present master key. Name another file, or one that does not exist yet.\n"), (same.ExitCode, same.Error));
    }

    [Fact]
    public async Task A_named_file_needs_a_stopped_server_and_a_mounted_one_is_not_replaced()
    {
        var file = Path.Combine(_koauth.DataDirectory, "master.key");
        using (var server = new DataDirectoryLock(new StoreSettings { DataDirectory = _koauth.DataDirectory }))
        {
            server.Take();
            var refused = await _koauth.TypeAsync($"keys rewrap --new-master-key-file {_koauth.DataDirectory}/new.key");
            Assert.Equal(1, refused.ExitCode);
            Assert.StartsWith("Another koauth serves", refused.Error, StringComparison.Ordinal);
            Assert.False(File.Exists($"{_koauth.DataDirectory}/new.key"));
        }

        File.Move(file, $"{file}.mounted");
        File.CreateSymbolicLink(file, $"{file}.mounted");
        var link = await _koauth.TypeAsync("keys rewrap");
        Assert.Equal(1, link.ExitCode);
        Assert.Contains("is a link, as mounted secrets are", link.Error, StringComparison.Ordinal);
        await File.WriteAllTextAsync($"{_koauth.DataDirectory}/broken.key", "no key", Ct);
        Assert.Equal(1, (await _koauth.TypeAsync($"keys rewrap --new-master-key-file {_koauth.DataDirectory}/broken.key")).ExitCode);
        Assert.Equal(0, (await _koauth.TypeAsync("keys rotate")).ExitCode);
    }

    private async Task<string> SignerAsync() => (await _koauth.TypeAsync("keys list --json")).Json.GetProperty("keys").EnumerateArray()
        .Single(k => k.GetProperty("state").GetString() == "signs" && k.GetProperty("algorithm").GetString() == "ES256").GetProperty("kid").GetString()!;
}
