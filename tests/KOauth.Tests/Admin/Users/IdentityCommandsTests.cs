using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Admin.Users;

/// <summary>Who an account is at another issuer, from the command line.</summary>
public sealed class IdentityCommandsTests : IDisposable
{
    private const string Link = "user update ada@example.test --link-issuer https://login.example.test --link-subject 00u1";

    private readonly CommandLine _koauth = CommandLine.WithDatabase();

    public void Dispose() => _koauth.Dispose();

    [Fact]
    public async Task An_identity_is_linked_shown_and_unlinked_with_an_audit_row_each()
    {
        await CreateAsync("ada@example.test");

        var linked = await _koauth.TypeAsync(Link);
        Assert.Equal((0, ""), (linked.ExitCode, linked.Error));
        Assert.Contains("Linked to https://login.example.test 00u1.", linked.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await _koauth.TypeAsync(Link)).ExitCode); // again: it is so already
        Assert.Contains("https://login.example.test 00u1", (await _koauth.TypeAsync("user show ada@example.test")).Output, StringComparison.Ordinal);
        var shown = (await _koauth.TypeAsync("user show ada@example.test --json")).Json.GetProperty("identities")[0];
        Assert.Equal("00u1", shown.GetProperty("subject").GetString());

        var epoch = await _koauth.InDatabaseAsync(db => db.Users.Select(u => u.Epoch).SingleAsync());
        var unlinked = await _koauth.TypeAsync("user update ada@example.test --unlink https://login.example.test");
        Assert.Contains("have ended", unlinked.Output, StringComparison.Ordinal);
        Assert.Equal(0, await _koauth.InDatabaseAsync(db => db.UserLogins.CountAsync()));
        Assert.Equal(epoch + 1, await _koauth.InDatabaseAsync(db => db.Users.Select(u => u.Epoch).SingleAsync()));
        Assert.Contains("Not linked", (await _koauth.TypeAsync("user update ada@example.test --unlink https://login.example.test")).Output, StringComparison.Ordinal);
        Assert.Equal(
            ["user.identity_linked", "user.identity_unlinked"],
            await _koauth.InDatabaseAsync(db => db.Audit.Where(a => a.Action.StartsWith("user.identity")).OrderBy(a => a.Id).Select(a => a.Action).ToListAsync()));
    }

    [Fact]
    public async Task An_identity_is_one_accounts_only()
    {
        await CreateAsync("ada@example.test");
        await CreateAsync("bob@example.test");
        await _koauth.TypeAsync(Link);

        var taken = await _koauth.TypeAsync("user update bob@example.test --link-issuer https://login.example.test --link-subject 00u1");

        Assert.Equal(1, taken.ExitCode);
        Assert.Contains("identity_taken", taken.Error, StringComparison.Ordinal);
        Assert.Contains("ada@example.test", taken.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--link-issuer login --link-subject 00u1")]
    [InlineData("--link-issuer http://login.example.test --link-subject 00u1")]
    [InlineData("--link-issuer https://login.example.test --link-subject \" 00u1\"")]
    public async Task What_can_be_no_identity_is_refused(string options)
    {
        await CreateAsync("ada@example.test");

        var refused = await _koauth.TypeAsync($"user update ada@example.test {options}");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("identity_invalid", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, await _koauth.InDatabaseAsync(db => db.UserLogins.CountAsync()));
    }

    [Theory]
    [InlineData("--link-issuer https://login.example.test")]
    [InlineData("--link-subject 00u1")]
    public async Task Half_an_identity_is_a_slip_that_changes_nothing(string options)
    {
        await CreateAsync("ada@example.test");

        Assert.Equal(2, (await _koauth.TypeAsync($"user update ada@example.test {options}")).ExitCode);
    }

    private async Task CreateAsync(string email)
    {
        _koauth.Input = "quiet maple harbour lantern\n";
        Assert.Equal(0, (await _koauth.TypeAsync($"user create {email} --password-stdin")).ExitCode);
    }
}
