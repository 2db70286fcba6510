using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Admin.Users;

public sealed class UserCommandsTests : IDisposable
{
    private const string Password = "quiet maple harbour lantern";

    private readonly CommandLine _koauth = CommandLine.WithDatabase();

    public void Dispose() => _koauth.Dispose();

    [Fact]
    public async Task A_password_piped_in_makes_an_account()
    {
        _koauth.Input = Password + "\n";
        var made = await _koauth.TypeAsync("user create ada@example.test --admin --password-stdin");

        Assert.Equal((0, $"Made the account ada@example.test, an administrator.{Environment.NewLine}", ""), (made.ExitCode, made.Output, made.Error));
        var shown = await _koauth.TypeAsync("user show ADA@example.test --json");
        Assert.True(shown.Json.GetProperty("admin").GetBoolean());
        Assert.True(shown.Json.GetProperty("active").GetBoolean());
        Assert.DoesNotContain("argon2", shown.Output, StringComparison.Ordinal);
        Assert.StartsWith("$argon2id$v=19$m=19456,t=2,p=1$", await _koauth.InDatabaseAsync(db => db.Users.Select(u => u.PasswordHash!).SingleAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_terminal_the_password_is_asked_for_twice_and_not_shown()
    {
        _koauth.Answers = [Password, Password];
        var made = await _koauth.TypeAsync("user create ada@example.test");

        Assert.Equal(0, made.ExitCode);
        Assert.DoesNotContain(Password, made.Output + made.Error, StringComparison.Ordinal);

        _koauth.Answers = [Password, Password + "x"];
        var slipped = await _koauth.TypeAsync("user create bob@example.test");
        Assert.Equal(1, slipped.ExitCode);
        Assert.Contains("passwords_differ", slipped.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_terminal_and_input_nothing_is_made()
    {
        var refused = await _koauth.TypeAsync("user create ada@example.test");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--password-stdin", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, await _koauth.InDatabaseAsync(db => db.Users.CountAsync()));
    }

    [Theory]
    [InlineData("ada@example.test", "short", "password_too_short")]
    [InlineData("ada@example.test", "", "password_too_short")]
    [InlineData("ada@example.test", "correct horse battery staple", "password_common")]
    [InlineData("ada", Password, "email_invalid")]
    [InlineData("bob@example.test", Password, "email_taken")]
    public async Task What_cannot_be_is_refused_with_its_reason(string email, string password, string reason)
    {
        await CreateAsync("bob@example.test");
        _koauth.Input = password + "\n";
        var refused = await _koauth.TypeAsync($"user create {email} --password-stdin");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"({reason})", refused.Error, StringComparison.Ordinal);
        Assert.Equal("", refused.Output);
    }

    [Fact]
    public async Task Lists_show_everybody_and_an_empty_one_says_what_to_do()
    {
        Assert.Contains("koauth user create EMAIL", (await _koauth.TypeAsync("user list")).Output, StringComparison.Ordinal);
        await CreateAsync("bob@example.test");
        await CreateAsync("ada@example.test", "--admin");

        var lines = (await _koauth.TypeAsync("user list")).Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Matches("^ada@example.test +administrator +active +never$", lines[1]);
        Assert.Matches("^bob@example.test +user +active +never$", lines[2]);
        Assert.Equal(2, (await _koauth.TypeAsync("user list --json")).Json.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Disabling_ends_access_and_can_be_undone()
    {
        await CreateAsync("ada@example.test");

        var disabled = await _koauth.TypeAsync("user disable ada@example.test");
        Assert.Equal(0, disabled.ExitCode);
        Assert.Equal((true, 1), await _koauth.InDatabaseAsync(async db =>
        {
            var user = await db.Users.SingleAsync();
            return (user.IsDisabled, user.Epoch);
        }));

        var undo = await _koauth.TypeAsync("user update ada@example.test --active");
        Assert.Contains("State: disabled -> active", undo.Output, StringComparison.Ordinal);
        Assert.Contains("Role: user, as it was", undo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Roles_are_given_and_taken_but_the_last_administrator_stays()
    {
        await CreateAsync("ada@example.test", "--admin");
        await CreateAsync("bob@example.test");
        var last = await _koauth.TypeAsync("user update ada@example.test --admin=false");
        Assert.Equal(1, last.ExitCode);
        Assert.Contains("last_administrator", last.Error, StringComparison.Ordinal);

        Assert.Contains("Role: user -> administrator", (await _koauth.TypeAsync("user update bob@example.test --admin")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await _koauth.TypeAsync("user update ada@example.test --admin=false")).ExitCode);
        Assert.Equal(1, (await _koauth.TypeAsync("user disable bob@example.test")).ExitCode);
    }

    [Theory]
    [InlineData("user show nobody@example.test")]
    [InlineData("user disable nobody@example.test")]
    [InlineData("user update nobody@example.test --admin")]
    public async Task Whoever_is_not_there_is_named_with_the_way_to_look(string line)
    {
        var refused = await _koauth.TypeAsync(line);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("nobody@example.test", refused.Error, StringComparison.Ordinal);
        Assert.Contains("koauth user list", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user update ada@example.test")]
    [InlineData("user update ada@example.test --admn")]
    [InlineData("user create ada@example.test --password secret")]
    [InlineData("user disable")]
    public async Task A_slip_changes_nothing(string line)
    {
        await CreateAsync("ada@example.test");
        Assert.Equal(2, (await _koauth.TypeAsync(line)).ExitCode);
    }

    [Fact]
    [Trait("check", "A-89")]
    public async Task A_setup_link_is_shown_to_a_person_and_kept_from_logs()
    {
        var piped = await _koauth.TypeAsync("setup-link");
        var file = Path.Combine(_koauth.DataDirectory, "setup-link");
        var link = (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Trim();
        Assert.Contains(file, piped.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("token=", piped.Output, StringComparison.Ordinal);
        Assert.StartsWith("http://localhost:3000/account/setup?token=", link, StringComparison.Ordinal);

        _koauth.Answers = [];
        var typed = await _koauth.TypeAsync("setup-link");
        Assert.StartsWith("http://localhost:3000/account/setup?token=", typed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(link, typed.Output, StringComparison.Ordinal);
    }

    private async Task CreateAsync(string email, string options = "")
    {
        _koauth.Input = Password + "\n";
        Assert.Equal(0, (await _koauth.TypeAsync($"user create {email} {options} --password-stdin")).ExitCode);
    }
}
