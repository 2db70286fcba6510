using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;

namespace KOauth.Hosting;

/// <summary>
/// The log once more, in the data directory, for <c>koauth logs</c>: an object a line, whatever format standard output has. Who logs
/// does not wait for the disk; what comes faster than it can be written is dropped, as with standard output.
/// </summary>
internal sealed class LogFile(KOauthSettings settings, TimeProvider clock) : ILoggerProvider
{
    private const int Queued = 4096;

    private readonly Channel<string> _queue = Channel.CreateBounded<string>(
        new BoundedChannelOptions(Queued) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public ChannelReader<string> Lines => _queue.Reader;

    /// <summary>The present file; the one before has <c>.1</c> behind its name.</summary>
    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, "logs", "koauth.log");

    public static string Previous(string path) => $"{path}.1";

    public ILogger CreateLogger(string categoryName) => settings.KeepsLogFile ? new Writer(this, categoryName) : NullLogger.Instance;

    public void Dispose()
    {
    }

    private sealed class Writer(LogFile file, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && !Logs.IsNoise(category, eventId))
            {
                file._queue.Writer.TryWrite(JsonLine.Of(
                    new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), file.Time));
            }
        }
    }

    private DateTimeOffset Time => clock.GetUtcNow();
}
