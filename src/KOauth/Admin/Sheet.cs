using System.CommandLine;
using System.Globalization;
using KOauth.Data;
using KOauth.Hosting;

namespace KOauth.Admin;

/// <summary>One thing in a terminal: a label and what belongs to it, a line for each value.</summary>
internal static class Sheet
{
    public static void PrintFacts(this ParseResult command, IEnumerable<Fact> facts, string indent = "") =>
        command.PrintColumns(facts.SelectMany(fact => Rows(fact.Label, Values(fact.Value), indent)));

    /// <summary>Old and new value of everything that changed.</summary>
    public static void PrintChanges(this ParseResult command, IEnumerable<FactChange> changes) =>
        command.PrintColumns(changes.SelectMany(change => Rows($"{change.Label}, old", Values(change.Old), "  ")
            .Concat(Rows($"{change.Label}, new", Values(change.New), "  "))));

    public static string Day(DateTimeOffset? at) =>
        at is { } day ? day.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) : "never";

    private static IEnumerable<string[]> Rows(string label, IReadOnlyList<string> values, string indent) =>
        values.Select((value, line) => (string[])[indent + (line == 0 ? label : ""), value]);

    private static IReadOnlyList<string> Values(object? value) => value switch
    {
        null => ["-"],
        bool yes => [yes ? "yes" : "no"],
        IReadOnlyList<string> { Count: 0 } => ["none"],
        IReadOnlyList<string> list => list,
        DateTimeOffset at => [Day(at)],
        _ => [value.ToString()!],
    };
}
