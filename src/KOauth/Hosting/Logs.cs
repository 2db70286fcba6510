using Microsoft.Extensions.Logging.Console;

namespace KOauth.Hosting;

/// <summary>
/// The log: to standard output, as text or JSON. The framework's own lines about requests are off at every level, because they repeat
/// query strings, and those hold codes.
/// </summary>
internal static class Logs
{
    private const int Queued = 4096;
    private const string HostCategory = "Microsoft.Extensions.Hosting.Internal.Host";
    private const int StartFailed = 11;

    public static void AddKOauthLogs(this ILoggingBuilder logging, KOauthSettings settings)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(settings.LogLevel);
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning);
        logging.AddConsole(console =>
        {
            console.FormatterName = settings.LogFormat == LogFormat.Json ? JsonLog.FormatterName : TextLog.FormatterName;

            // A reader of the log that stands still must not stop the server.
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
            console.MaxQueueLength = Queued;
        });
        logging.Services.AddSingleton<LogFile>();
        logging.Services.AddSingleton<ILoggerProvider>(s => s.GetRequiredService<LogFile>());
        logging.Services.AddHostedService<LogFileWriter>();
        logging.AddConsoleFormatter<TextLog, ConsoleFormatterOptions>();
        logging.AddConsoleFormatter<JsonLog, ConsoleFormatterOptions>();
    }

    /// <summary>A refused start is one sentence on standard error; the framework would print a stack before it.</summary>
    public static bool IsNoise(string category, EventId id) => id.Id == StartFailed && category == HostCategory;

    public static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };
}
