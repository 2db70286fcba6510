using System.CommandLine;

namespace KOauth.Hosting;

/// <summary>Options that mean the same wherever they stand.</summary>
internal static class GlobalOptions
{
    public const string DataName = "--data";

    /// <summary>Goes to the root command and holds for all commands below it.</summary>
    public static Option<string> Data() => new(DataName)
    {
        Description = "The data directory: database, keys, koauth.json. Default: KOAUTH_DATA, else ./data",
        HelpName = "DIR",
        Recursive = true,
    };

    /// <summary>For every command that prints data.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print JSON for programs instead of text for people" };

    /// <summary>The directory named on the command line, or null.</summary>
    public static string? DataDirectory(this ParseResult command) => command.GetValue<string>(DataName);
}
