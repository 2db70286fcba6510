using System.CommandLine;
using KOauth.Hosting;
using KOauth.People;

namespace KOauth.Admin.Users;

/// <summary>What commands show of an account: everything but the password.</summary>
internal sealed record UserView(string Email, Guid Id, string? Name, bool Admin, bool Active, DateTimeOffset CreatedAt, DateTimeOffset? LastSignInAt)
{
    /// <summary>Who it is at other issuers; known where one account is shown.</summary>
    public IReadOnlyList<LinkedIdentity>? Identities { get; init; }

    public string Role => Admin ? "administrator" : "user";

    public string State => Active ? "active" : "disabled";

    public static UserView Of(User user) => new(
        user.Email ?? "", user.Id, user.DisplayName, user.IsAdmin, !user.IsDisabled, user.CreatedAt, user.LastSignInAt);

    public void Print(ParseResult command) => command.PrintColumns(
    [
        ["E-mail", Email],
        ["Id", Id.ToString()],
        ["Name", Name ?? "-"],
        ["Role", Role],
        ["State", State],
        ["Created", Sheet.Day(CreatedAt)],
        ["Last sign-in", Sheet.Day(LastSignInAt)],
        .. (Identities ?? []).Select(i => (string[])["Linked to", i.ToString()]),
    ]);
}
