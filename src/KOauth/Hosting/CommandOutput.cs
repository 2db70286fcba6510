using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KOauth.Hosting;

/// <summary>How commands print: to the invocation's writers, and one shape of JSON everywhere.</summary>
internal static class CommandOutput
{
    // Names as the wire spells them (snake_case); no nulls; URLs readable. The relaxed encoder still escapes control characters.
    private static readonly JsonSerializerOptions _json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static TextWriter Output(this ParseResult command) => command.InvocationConfiguration.Output;

    public static TextWriter Error(this ParseResult command) => command.InvocationConfiguration.Error;

    public static void PrintJson<T>(this ParseResult command, T value) =>
        command.Output().WriteLine(JsonSerializer.Serialize(value, _json));

    /// <summary>Rows of cells in aligned columns; what a client or person named is made harmless to terminals.</summary>
    public static void PrintColumns(this ParseResult command, IEnumerable<IReadOnlyList<string?>> rows)
    {
        var cells = rows.Select(row => row.Select(cell => Printable.Text(cell ?? "")).ToArray()).ToArray();
        var widths = Enumerable.Range(0, cells.Max(row => (int?)row.Length) ?? 0)
            .Select(column => cells.Max(row => column < row.Length ? row[column].Length : 0))
            .ToArray();
        foreach (var row in cells)
        {
            var line = string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column])));
            command.Output().WriteLine(line.TrimEnd());
        }
    }
}
