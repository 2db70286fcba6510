using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.People;

public sealed class AccountsTests : IAsyncLifetime
{
    private readonly PeopleRoom _room = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task An_address_has_one_account()
    {
        await _room.AddUserAsync("ada@example.test");

        Assert.Equal(Reasons.EmailTaken, await CreateAsync("ADA@example.test"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ada")]
    [InlineData("@example.test")]
    [InlineData("ada@")]
    [InlineData("ada lovelace@example.test")]
    [InlineData("ada@example.test\nBcc: x@example.test")]
    [InlineData("ada\u202E@example.test")]
    [InlineData("ada\uD800@example.test")]
    [InlineData("<ada@example.test>")]
    public async Task What_is_no_address_makes_no_account(string email) =>
        Assert.Equal(Reasons.EmailInvalid, await CreateAsync(email));

    [Fact]
    public async Task A_weak_password_makes_no_account() =>
        Assert.Equal(Reasons.PasswordTooShort, await CreateAsync("ada@example.test", "short"));

    [Fact]
    public async Task Two_at_once_for_one_address_make_one_account()
    {
        var reasons = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CreateAsync("ada@example.test")));

        Assert.Single(reasons, r => r is null);
        Assert.Equal(7, reasons.Count(r => r == Reasons.EmailTaken));
    }

    [Fact]
    public async Task Disabling_ends_everything_by_the_epoch()
    {
        var user = await _room.AddUserAsync();

        await _room.Accounts.UpdateAsync(user.Id, null, false, "test", PeopleRoom.Ct);

        var after = await _room.Accounts.FindAsync(PeopleRoom.Email, PeopleRoom.Ct);
        Assert.Equal((1, true), (after!.Epoch, after.IsDisabled));
    }

    [Fact, Trait("check", "AD-13")]
    public async Task The_last_administrator_stays()
    {
        var first = await _room.AddUserAsync("ada@example.test", isAdmin: true);
        var second = await _room.AddUserAsync("bob@example.test", isAdmin: true);

        var outcomes = await Task.WhenAll(
            Task.Run(() => _room.Accounts.UpdateAsync(first.Id, false, null, "test", PeopleRoom.Ct)),
            Task.Run(() => _room.Accounts.UpdateAsync(second.Id, null, false, "test", PeopleRoom.Ct)));

        Assert.Single(outcomes, o => !o.Ok(out _, out var refusal) && refusal.Reason == Reasons.LastAdministrator);
        await using var db = _room.Open();
        Assert.Equal(1, await db.Users.CountAsync(u => u.IsAdmin && !u.IsDisabled, PeopleRoom.Ct));
    }

    [Fact]
    public async Task Whoever_is_not_there_cannot_be_changed()
    {
        (await _room.Accounts.UpdateAsync(Guid.NewGuid(), null, false, "test", PeopleRoom.Ct)).Ok(out _, out var refusal);
        Assert.Equal(Reasons.UserUnknown, refusal!.Reason);
    }

    [Fact, Trait("check", "AD-14")]
    public async Task Every_change_has_one_audit_row_without_secrets()
    {
        var user = await _room.AddUserAsync(isAdmin: true);
        await _room.AddUserAsync("bob@example.test", isAdmin: true);
        await _room.Accounts.UpdateAsync(user.Id, false, null, "test", PeopleRoom.Ct);
        await _room.Accounts.UpdateAsync(user.Id, null, false, "test", PeopleRoom.Ct);
        await _room.Accounts.UpdateAsync(user.Id, null, true, "test", PeopleRoom.Ct);

        await using var db = _room.Open();
        var rows = await db.Audit.Where(a => a.Target == $"user:{user.Id}").OrderBy(a => a.Id).ToListAsync(PeopleRoom.Ct);
        Assert.Equal(["user.created", "user.admin_revoked", "user.disabled", "user.enabled"], rows.Select(r => r.Action));
        Assert.All(rows, r => Assert.DoesNotContain("argon2", r.Changes ?? "", StringComparison.Ordinal));
    }

    private async Task<Reason?> CreateAsync(string email, string password = PeopleRoom.Password) =>
        (await _room.Accounts.CreateAsync(email, password, false, "test", PeopleRoom.Ct)).Ok(out _, out var refusal) ? null : refusal.Reason;
}
