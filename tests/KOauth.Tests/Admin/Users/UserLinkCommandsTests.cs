using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Admin.Users;

public sealed class UserLinkCommandsTests : IDisposable
{
    private readonly CommandLine _koauth = CommandLine.WithDatabase();

    public void Dispose() => _koauth.Dispose();

    [Fact]
    public async Task Links_are_made_of_the_configured_issuer_written_down_and_kept_as_hashes()
    {
        await CreateAsync("ada@example.test");
        _koauth.Environment["KOAUTH_ISSUER"] = "https://auth.example.com";

        var reset = await _koauth.TypeAsync("user reset-link ADA@example.test");
        var invited = await _koauth.TypeAsync("user invite bob@example.test --json");

        Assert.Matches("^https://auth.example.com/account/reset\\?token=[A-Za-z0-9_-]{43}\n$", reset.Output);
        Assert.Contains("alone", reset.Error, StringComparison.Ordinal);
        var link = invited.Json.GetProperty("link").GetString()!;
        Assert.StartsWith("https://auth.example.com/account/signup?token=", link, StringComparison.Ordinal);
        Assert.Equal(["user.created", "user.reset_link_created", "user.invited"], await _koauth.InDatabaseAsync(db => db.Audit.OrderBy(a => a.Id).Select(a => a.Action).ToListAsync()));
        var token = link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..];
        Assert.DoesNotContain(token, string.Concat(await _koauth.InDatabaseAsync(db => db.Audit.Select(a => a.Target + a.Changes).ToListAsync())), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user reset-link nobody@example.test", "user_unknown", "koauth user list")]
    [InlineData("user invite ada@example.test", "email_taken", "koauth user reset-link ada@example.test")]
    [InlineData("user invite ada", "email_invalid", "")]
    [InlineData("user enable nobody@example.test", "user_unknown", "koauth user list")]
    public async Task What_cannot_be_is_refused_with_the_way_on(string line, string reason, string fix)
    {
        await CreateAsync("ada@example.test");

        var refused = await _koauth.TypeAsync(line);

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains($"({reason})", refused.Error, StringComparison.Ordinal);
        Assert.Contains(fix, refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disabled_account_gets_no_link_until_it_is_enabled()
    {
        await CreateAsync("ada@example.test");
        await _koauth.TypeAsync("user disable ada@example.test");

        var refused = await _koauth.TypeAsync("user reset-link ada@example.test");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("koauth user enable ada@example.test", refused.Error, StringComparison.Ordinal);

        Assert.Contains("Enabled ada@example.test", (await _koauth.TypeAsync("user enable ada@example.test")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await _koauth.TypeAsync("user reset-link ada@example.test")).ExitCode);
        Assert.Equal(1, await _koauth.InDatabaseAsync(db => db.Users.Select(u => u.Epoch).SingleAsync())); // what was ended stays ended
    }

    private async Task CreateAsync(string email)
    {
        _koauth.Input = "quiet maple harbour lantern\n";
        Assert.Equal(0, (await _koauth.TypeAsync($"user create {email} --password-stdin")).ExitCode);
    }
}
