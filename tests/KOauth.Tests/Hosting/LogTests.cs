using System.Text.Json;
using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Stories;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Time.Testing;

namespace KOauth.Tests.Hosting;

public sealed class LogTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));

    [Fact, Trait("check", "A-68")]
    public void An_event_has_its_name_and_fields_in_both_formats()
    {
        var text = Text(Received());
        using var json = JsonDocument.Parse(Json(Received()));

        Assert.Equal("2026-11-25T12:00:00.000Z info oauth authorize.received: Authorization request received story=KAAAAAA client=claude-mcp resource=https://mcp.example/mcp scope=\"a b\"\n", text);
        Assert.Equal("authorize.received", json.RootElement.GetProperty("event").GetString());
        Assert.Equal("Authorization request received", json.RootElement.GetProperty("message").GetString());
        Assert.Equal("KAAAAAA", json.RootElement.GetProperty("story").GetString());
        Assert.Equal("claude-mcp", json.RootElement.GetProperty("client").GetString());
        Assert.Equal("a b", json.RootElement.GetProperty("scope").GetString());
        Assert.Equal("info", json.RootElement.GetProperty("level").GetString());
    }

    [Fact, Trait("check", "A-58")]
    public void A_refusal_is_a_warning_with_its_reason_and_reference_and_without_the_persons_address()
    {
        var refusal = new StoryEvent("KAAAAAA", default, StoryEvents.TokenRefused, Reasons.SecretWrong.Owner, Reasons.SecretWrong.Id, "claude-mcp", "alice@example.test", null, "192.0.2.7", []);

        Assert.Contains("token.refused: The secret is wrong. story=KAAAAAA client=claude-mcp address=192.0.2.7 reason=secret_wrong", Text(refusal), StringComparison.Ordinal);
        Assert.DoesNotContain("alice", Text(refusal) + Json(refusal), StringComparison.Ordinal);
    }

    [Theory, Trait("check", "LG-02")]
    [InlineData("x\r\n2026-11-25T12:00:00.000Z info oauth token.exchanged: forged")]
    [InlineData("x\u001b[2J\u001b]0;title\u0007")]
    [InlineData("x\",\"event\":\"token.exchanged\",\"y\":\"")]
    [InlineData("x\u2028y\u0085z\u202egnp.exe")]
    public void What_a_client_names_stays_one_escaped_record(string name)
    {
        var happened = Received() with { ClientId = name, Resource = name, Details = [new("scope", name)] };

        var text = Text(happened);
        var json = Json(happened);
        using var parsed = JsonDocument.Parse(json);

        foreach (var line in (string[])[text, json])
        {
            Assert.Equal(1, line.Count(c => c == '\n'));
            Assert.EndsWith("\n", line, StringComparison.Ordinal);
            Assert.DoesNotContain(line[..^1], char.IsControl);
        }

        Assert.DoesNotContain('\u202e', text);
        Assert.Equal("authorize.received", parsed.RootElement.GetProperty("event").GetString());
        Assert.Equal(name, parsed.RootElement.GetProperty("client").GetString());
    }

    [Fact]
    public void An_exception_stays_one_line()
    {
        var entry = new LogEntry<string>(LogLevel.Error, "KOauth.X", default, "It failed", Thrown(), (s, _) => s);
        using var text = new StringWriter();
        new TextLog(_clock).Write(entry, null, text);
        using var json = new StringWriter();
        new JsonLog(_clock).Write(entry, null, json);

        Assert.Equal(1, text.ToString().Count(c => c == '\n'));
        Assert.Contains("It failed | System.InvalidOperationException: first second", text.ToString().Replace(@" | ", " | ", StringComparison.Ordinal).Replace("first | second", "first second", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException", JsonDocument.Parse(json.ToString()).RootElement.GetProperty("exception").GetString(), StringComparison.Ordinal);
    }

    private static StoryEvent Received() =>
        new("KAAAAAA", default, StoryEvents.AuthorizeReceived, "Authorization request received", null, "claude-mcp", null, "https://mcp.example/mcp", null, [new("scope", "a b")]);

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("first\nsecond");
        }
        catch (InvalidOperationException thrown)
        {
            return thrown;
        }
    }

    private string Text(StoryEvent happened) => Written(new TextLog(_clock), happened);

    private string Json(StoryEvent happened) => Written(new JsonLog(_clock), happened);

    private static string Written(ConsoleFormatter format, StoryEvent happened)
    {
        var sink = new Sink(format);
        new Journal(sink).Write(happened);
        return sink.Text.ToString();
    }

    private sealed class Sink(ConsoleFormatter format) : ILogger<Journal>
    {
        public StringWriter Text { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            format.Write(new LogEntry<TState>(logLevel, "KOauth.Stories.Journal", eventId, state, exception, formatter), null, Text);
    }
}
