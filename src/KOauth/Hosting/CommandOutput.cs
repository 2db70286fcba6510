using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace KOauth.Hosting;

/// <summary>How commands print: to the invocation's writers, and one shape of JSON everywhere.</summary>
internal static class CommandOutput
{
    private const int NarrowestTerminal = 40;
    private const int WidestPipe = 100_000;

    // camelCase as in the JSON API; no nulls; URLs readable. The relaxed encoder still escapes control characters.
    private static readonly JsonSerializerOptions _json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static TextWriter Output(this ParseResult command) => command.InvocationConfiguration.Output;

    public static TextWriter Error(this ParseResult command) => command.InvocationConfiguration.Error;

    public static void PrintJson<T>(this ParseResult command, T value) =>
        command.Output().WriteLine(JsonSerializer.Serialize(value, _json));

    /// <summary>Rows of cells in aligned columns; what a client or person named is made harmless to terminals.</summary>
    public static void PrintColumns(this ParseResult command, IEnumerable<IReadOnlyList<string?>> rows)
    {
        var cells = rows.ToList();
        if (cells.Count == 0)
        {
            return;
        }

        var table = new Table().NoBorder().HideHeaders();
        for (var column = 0; column < cells.Max(row => row.Count); column++)
        {
            table.AddColumn(new TableColumn("").PadLeft(0).PadRight(2));
        }

        foreach (var row in cells)
        {
            table.AddRow(row.Select(cell => new Text(Printable.Text(cell ?? ""))));
        }

        // Laid out apart and without colour, so that what is piped on has no blanks at the end of a line.
        using var laidOut = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(laidOut) });
        console.Profile.Width = Width(command.Output());
        console.Write(table);
        foreach (var line in laidOut.ToString().TrimEnd().Split('\n'))
        {
            command.Output().WriteLine(line.TrimEnd());
        }
    }

    /// <summary>Long values wrap on a terminal only: a program or a pager wants a row a line.</summary>
    private static int Width(TextWriter output) => ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected && Console.WindowWidth > 0
        ? Math.Max(Console.WindowWidth, NarrowestTerminal)
        : WidestPipe;
}
