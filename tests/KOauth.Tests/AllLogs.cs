using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace KOauth.Tests;

/// <summary>Every line any category logs, with its exception, at whatever level the settings let through.</summary>
internal sealed class AllLogs : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public string Text => string.Join('\n', _lines);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue($"{formatter(state, exception)} {exception}");
        if (state is IEnumerable<KeyValuePair<string, object?>> fields)
        {
            _lines.Enqueue(string.Join(' ', fields.Select(f => $"{f.Key}={f.Value}")));
        }
    }

    public void Dispose()
    {
    }
}
