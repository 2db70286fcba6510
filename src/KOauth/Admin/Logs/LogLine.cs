using System.Text;
using System.Text.Json;
using KOauth.Hosting;

namespace KOauth.Admin.Logs;

/// <summary>A line of the log file.</summary>
/// <param name="Json">As it is in the file, with nothing that a terminal would obey.</param>
/// <param name="Text">As standard output has it in the format for people.</param>
/// <param name="Event">The name of the event, when it is one of a connection.</param>
internal sealed record LogLine(string Json, string Text, string? Event)
{
    private static readonly string[] _written = ["time", "level", "event", "message", "exception"];

    public static LogLine Parse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var name = Field(document, "event");
            return new LogLine(Printable.Text(line), Printable.Text(Words(document, name)), name);
        }
        catch (JsonException)
        {
            return new LogLine(Printable.Text(line), Printable.Text(line), null); // cut off by a crash
        }
    }

    private static string Words(JsonDocument document, string? name)
    {
        var text = new StringBuilder($"{Field(document, "time")} {Field(document, "level")} ");
        if (name is null)
        {
            text.Append(Field(document, "message")); // which has the fields in it
        }
        else
        {
            text.Append($"oauth {name}: {Field(document, "message")}");
            foreach (var field in document.RootElement.EnumerateObject().Where(f => !_written.Contains(f.Name)))
            {
                var value = field.Value.ToString();
                text.Append(value.AsSpan().ContainsAny(' ', '"', '=') || value.Length == 0
                    ? $" {field.Name}=\"{value.Replace("\"", "\\\"", StringComparison.Ordinal)}\""
                    : $" {field.Name}={value}");
            }
        }

        if (Field(document, "exception") is { } exception)
        {
            text.Append(" | ").Append(exception.ReplaceLineEndings(" | "));
        }

        return text.ToString();
    }

    private static string? Field(JsonDocument document, string name) =>
        document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) ? value.ToString() : null;
}
