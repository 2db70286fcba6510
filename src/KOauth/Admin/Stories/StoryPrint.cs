using System.CommandLine;
using System.Globalization;
using KOauth.Clients;
using KOauth.Hosting;
using KOauth.Stories;

namespace KOauth.Admin.Stories;

/// <summary>Stories on a terminal and as JSON. What clients named is made harmless before it is printed.</summary>
internal sealed class StoryPrint(ParseResult command, DateTimeOffset now, TimeSpan accessTokenLifetime)
{
    private readonly TextWriter _output = command.Output();

    public void Client(Client? client)
    {
        if (client is null)
        {
            return;
        }

        _output.WriteLine($"Client {Printable.Text(client.ClientId)}");
        command.PrintColumns(ClientFacts.Of(client).Where(f => f.Value is not null).Select(f => (string[])["  " + f.Label, Text(f.Value!)]));
        _output.WriteLine();
    }

    public void List(IReadOnlyList<StorySummary> stories, string? clientId)
    {
        if (stories.Count == 0)
        {
            _output.WriteLine(clientId is null
                ? "No stories yet: nobody has tried to connect."
                : "No attempt of this client reached the server. Check the address in the app, and that a proxy or firewall lets it through.");
            return;
        }

        command.PrintColumns(stories
            .Select(s => (string?[])[s.Reference, Time(s.LastAt), s.ClientId ?? "-", s.Resource ?? "-", s.Outcome(now, accessTokenLifetime)])
            .Prepend(["STORY", "LAST", "CLIENT", "RESOURCE", "OUTCOME"]));
        _output.WriteLine();
        _output.WriteLine($"One from beginning to end: koauth diagnose --story {stories[0].Reference}");
    }

    public void LastRefusal(Client? client, StoryEvent? refusal)
    {
        if (client is null || refusal is null)
        {
            return;
        }

        _output.WriteLine();
        _output.WriteLine($"Refused last: {refusal.Reason} at {Time(refusal.LastAt)}, story {refusal.Story}");
        _output.WriteLine($"  {Printable.Text(refusal.Message)}");
        Facts(refusal, "  ");
    }

    public void One(StorySummary story, IReadOnlyList<StoryEvent> events)
    {
        command.PrintColumns(new (string Label, string? Value)[]
        {
            ("Story", story.Reference),
            ("Outcome", story.Outcome(now, accessTokenLifetime)),
            ("Client", story.ClientId),
            ("Person", story.User),
            ("Resource", story.Resource),
        }.Where(l => l.Value is not null).Select(l => (string?[])[l.Label, l.Value]));
        _output.WriteLine();
        foreach (var happened in events)
        {
            Line(happened);
            Facts(happened, "    ");
        }

        foreach (var sentence in StoryGaps.Explain(story, now))
        {
            _output.WriteLine();
            _output.WriteLine(sentence);
        }
    }

    public void Line(StoryEvent happened)
    {
        var times = happened.Times > 1 ? $" ({happened.Times} times until {Time(happened.LastAt)})" : "";
        var reason = happened.Reason is null ? "" : $" [{happened.Reason}]";
        _output.WriteLine($"{Time(happened.At)}  {happened.Story}  {happened.Name}: {Printable.Text(happened.Message)}{reason}{times}");
    }

    public void Json(Client? client, IReadOnlyList<StorySummary> stories, StoryEvent? refusal) => command.PrintJson(new
    {
        client = client is null ? null : ClientFacts.Of(client).Where(f => f.Value is not null).ToDictionary(f => f.Name, f => f.Value),
        stories = stories.Select(Plain),
        lastRefusal = refusal is null ? null : Plain(refusal),
    });

    public void Json(StorySummary story, IReadOnlyList<StoryEvent> events) =>
        command.PrintJson(new { story = Plain(story), events = events.Select(Plain), explanation = StoryGaps.Explain(story, now) });

    private void Facts(StoryEvent happened, string indent)
    {
        foreach (var (name, value) in happened.Details)
        {
            _output.WriteLine($"{indent}{Label(happened, name)}: {Printable.Text(value)}");
        }

        if (happened is { Address: not null, Reason: not null })
        {
            _output.WriteLine($"{indent}from: {Printable.Text(happened.Address)}");
        }
    }

    // The words people look for when the two do not match.
    private static string Label(StoryEvent happened, string name) => (happened.Reason, name) switch
    {
        ("redirect_uri_mismatch", StoryEvent.Expected) => "registered",
        ("redirect_uri_mismatch", StoryEvent.Received) => "requested",
        _ => name,
    };

    private object Plain(StorySummary s) => new
    {
        s.Reference,
        s.BeganAt,
        s.LastAt,
        s.ClientId,
        s.User,
        s.Resource,
        outcome = s.Outcome(now, accessTokenLifetime),
        s.LastEvent,
        s.LastReason,
    };

    private static object Plain(StoryEvent e) => new
    {
        e.Story,
        e.At,
        e.LastAt,
        e.Times,
        e.Name,
        e.Message,
        e.Reason,
        e.ClientId,
        e.User,
        e.Resource,
        e.Address,
        details = e.Details.GroupBy(d => d.Key).ToDictionary(d => d.Key, d => d.First().Value),
    };

    private static string Text(object value) => value switch
    {
        bool yes => yes ? "yes" : "no",
        IEnumerable<string> list => string.Join(", ", list),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
