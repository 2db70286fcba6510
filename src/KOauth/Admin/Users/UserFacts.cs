using System.CommandLine;
using System.Globalization;
using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;

namespace KOauth.Admin.Users;

/// <summary>What commands show of an account: everything but the password.</summary>
internal sealed record UserFacts(string Email, string Id, string? Name, bool Admin, bool Active, DateTimeOffset CreatedAt, DateTimeOffset? LastSignInAt)
{
    public static UserFacts Of(User user) => new(
        user.Email ?? "", user.Id.ToString(), user.DisplayName, user.IsAdmin, !user.IsDisabled, user.CreatedAt, user.LastSignInAt);

    public static string Time(DateTimeOffset? at) => at?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "never";

    public static Argument<string> EmailArgument() => new("email") { Description = "The e-mail address of the account", HelpName = "EMAIL" };

    public static async Task<User> FindAsync(Accounts accounts, string email, CancellationToken ct) =>
        await accounts.FindAsync(email, ct) ?? throw new CommandRefusedException(
            $"There is no account {Printable.Text(email)}. See all: koauth user list");

    /// <summary>The value, or the sentence as the command's end.</summary>
    public static User Value(Outcome<User> outcome) => outcome.Ok(out var user, out var refusal)
        ? user
        : throw new CommandRefusedException(refusal.Expected is { } expected ? $"{refusal.Reason.Person} Expected: {expected}." : refusal.Reason.Person);

    public void Print(ParseResult command) => command.PrintColumns(
    [
        ["E-mail", Email],
        ["Id", Id],
        ["Name", Name ?? "-"],
        ["Role", Admin ? "administrator" : "user"],
        ["State", Active ? "active" : "disabled"],
        ["Created", Time(CreatedAt)],
        ["Last sign-in", Time(LastSignInAt)],
    ]);
}
