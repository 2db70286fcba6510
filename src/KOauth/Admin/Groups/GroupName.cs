using System.CommandLine;

namespace KOauth.Admin.Groups;

/// <summary>How commands name a group.</summary>
internal static class GroupName
{
    public static Argument<string> Argument() => new("NAME") { Description = "The name of the group: small letters, digits, - _ and ." };
}
