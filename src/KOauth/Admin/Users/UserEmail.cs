using System.CommandLine;
using KOauth.Protocol;

namespace KOauth.Admin.Users;

/// <summary>How commands name an account.</summary>
internal static class UserEmail
{
    public static Argument<string> Argument() => new("EMAIL") { Description = "The e-mail address of the account" };

    public static Refusal Unknown(string email) => new(Reasons.UserUnknown) { Received = email, Fix = "koauth user list" };
}
