using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace KOauth.Hosting;

/// <summary>Log records for programs: an object a line (<see cref="JsonLine"/>).</summary>
internal sealed class JsonLog(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "koauth-json";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (Logs.IsNoise(logEntry.Category, logEntry.EventId))
        {
            return;
        }

        textWriter.Write(JsonLine.Of(logEntry, clock.GetUtcNow()));
        textWriter.Write('\n');
    }
}
