using KOauth.Stories;
using Microsoft.Extensions.Logging;

namespace KOauth.Tests;

/// <summary>Every event of every story, in the order it was told.</summary>
internal sealed class ToldEvents : ILoggerProvider, ILogger
{
    private readonly Lock _gate = new();
    private readonly List<StoryEvent> _events = [];

    public IReadOnlyList<StoryEvent> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (state is StoryLine line)
        {
            lock (_gate)
            {
                _events.Add(line.Happened);
            }
        }
    }

    public void Dispose()
    {
    }
}

internal static class StoryEventFacts
{
    /// <summary>A named fact of the event, or the empty text.</summary>
    public static string Fact(this StoryEvent happened, string name) => happened.Details.FirstOrDefault(d => d.Key == name).Value ?? "";
}
