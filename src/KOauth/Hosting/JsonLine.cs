using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;

namespace KOauth.Hosting;

/// <summary>A log record as an object: time, level, message and the record's own fields.</summary>
internal static class JsonLine
{
    private const string Template = "{OriginalFormat}";
    private const string MessageField = "message";

    // URLs stay readable; quotes and control characters are escaped all the same.
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of<TState>(in LogEntry<TState> entry, DateTimeOffset at)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, _options))
        {
            var fields = entry.State as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
            json.WriteStartObject();
            json.WriteString("time", at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", Logs.Word(entry.LogLevel));
            json.WriteString(MessageField, Message(fields) ?? entry.Formatter(entry.State, entry.Exception));
            WriteFields(json, fields);
            if (entry.Exception is { } exception)
            {
                json.WriteString("exception", exception.ToString());
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    // A story's line carries its sentence as a field of its own; the text for people has all fields in it already.
    private static string? Message(IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        foreach (var (name, value) in fields)
        {
            if (name == MessageField)
            {
                return value as string;
            }
        }

        return null;
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        foreach (var (name, value) in fields)
        {
            if (name is Template or MessageField || value is null)
            {
                continue;
            }

            json.WritePropertyName(JsonNamingPolicy.SnakeCaseLower.ConvertName(name));
            switch (value)
            {
                case bool yes:
                    json.WriteBooleanValue(yes);
                    break;
                case int number:
                    json.WriteNumberValue(number);
                    break;
                case long number:
                    json.WriteNumberValue(number);
                    break;
                default:
                    json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                    break;
            }
        }
    }
}
