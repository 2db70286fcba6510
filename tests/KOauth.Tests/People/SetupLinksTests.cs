using KOauth.People;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.People;

public sealed class SetupLinksTests : IAsyncLifetime
{
    private readonly PeopleRoom _room = new();
    private SetupLinks _links = null!;

    public ValueTask InitializeAsync()
    {
        _links = _room.Get<SetupLinks>();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact, Trait("check", "A-89")]
    public async Task The_link_makes_the_first_administrator_once()
    {
        Assert.True(await _links.IsNeededAsync(PeopleRoom.Ct));
        var token = await TokenAsync();

        Assert.Null(await ClaimAsync(token));

        Assert.True((await _room.Accounts.FindAsync(PeopleRoom.Email, PeopleRoom.Ct))!.IsAdmin);
        Assert.False(await _links.IsNeededAsync(PeopleRoom.Ct));
        Assert.Equal(Reasons.SetupLinkInvalid, await ClaimAsync(token, "bob@example.test"));
        Assert.False(File.Exists(_links.FilePath));
    }

    [Fact, Trait("check", "LS-17")]
    public async Task Of_parallel_claims_one_wins()
    {
        var token = await TokenAsync();

        var reasons = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => ClaimAsync(token, $"admin-{i}@example.test"))));

        Assert.Single(reasons, r => r is null);
        await using var db = _room.Open();
        Assert.Equal(1, await db.Users.CountAsync(PeopleRoom.Ct));
    }

    [Fact, Trait("check", "LS-17")]
    public async Task Looking_and_failing_use_nothing_up()
    {
        var token = await TokenAsync();
        Assert.True(await _links.IsValidAsync(token, PeopleRoom.Ct));
        Assert.True(await _links.IsValidAsync(token, PeopleRoom.Ct));
        Assert.Equal(Reasons.PasswordTooShort, await ClaimAsync(token, password: "short"));
        await _room.AddUserAsync("bob@example.test");
        Assert.Equal(Reasons.EmailTaken, await ClaimAsync(token, "bob@example.test"));

        Assert.Null(await ClaimAsync(token));
    }

    [Fact]
    public async Task A_link_is_valid_for_an_hour_and_until_the_next_one()
    {
        var first = await TokenAsync();
        var second = await TokenAsync();
        Assert.Equal(Reasons.SetupLinkInvalid, await ClaimAsync(first));

        _room.Time.Advance(SetupLinks.Life);
        Assert.Equal(Reasons.SetupLinkInvalid, await ClaimAsync(second));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_guess_is_no_link(string? token)
    {
        await TokenAsync();
        Assert.Equal(Reasons.SetupLinkInvalid, await ClaimAsync(token));
    }

    [Fact]
    public async Task The_file_is_the_owners_alone_and_the_database_holds_a_hash()
    {
        await File.WriteAllTextAsync(_links.FilePath, "old", PeopleRoom.Ct);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_links.FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        }

        var link = await _links.CreateAsync("test", PeopleRoom.Ct);

        Assert.StartsWith("https://auth.example.test/account/setup?token=", link, StringComparison.Ordinal);
        Assert.Equal(link, (await File.ReadAllTextAsync(_links.FilePath, PeopleRoom.Ct)).Trim());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_links.FilePath));
        }

        await using var db = _room.Open();
        var row = await db.SetupLinks.SingleAsync(PeopleRoom.Ct);
        Assert.Equal(32, row.Hash.Length);
        Assert.NotEqual(row.Hash, System.Buffers.Text.Base64Url.DecodeFromChars(link.Split('=')[1]));
    }

    private async Task<string> TokenAsync() => (await _links.CreateAsync("test", PeopleRoom.Ct)).Split('=')[1];

    private async Task<Reason?> ClaimAsync(string? token, string email = PeopleRoom.Email, string password = PeopleRoom.Password) =>
        (await _links.ClaimAsync(token, email, password, PeopleRoom.Ct)).Ok(out _, out var refusal) ? null : refusal.Reason;
}
