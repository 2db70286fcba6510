using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace KOauth.Hosting;

/// <summary>Log lines for people: one record is one line, whatever anybody put into it (LG-02).</summary>
internal sealed class TextLog(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "koauth-text";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (Logs.IsNoise(logEntry.Category, logEntry.EventId))
        {
            return;
        }

        textWriter.Write(clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        textWriter.Write(' ');
        textWriter.Write(Logs.Word(logEntry.LogLevel));
        textWriter.Write(' ');
        textWriter.Write(Printable.Text(logEntry.Formatter(logEntry.State, logEntry.Exception)));
        if (logEntry.Exception is { } exception)
        {
            textWriter.Write(" | ");
            textWriter.Write(Printable.Text(exception.ToString().ReplaceLineEndings(" | ")));
        }

        textWriter.Write('\n');
    }
}
