using System.Collections;
using System.Text;

namespace KOauth.Stories;

/// <summary>An event as a log record: named fields for the JSON format, one line for people. The person's address is not in it.</summary>
internal sealed class StoryLine(StoryEvent happened) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private const int Fixed = 7;

    public StoryEvent Happened => happened;

    public int Count => Fixed + happened.Details.Count;

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("event", happened.Name),
        1 => new("message", happened.Message),
        2 => new("story", happened.Story),
        3 => new("client", happened.ClientId),
        4 => new("resource", happened.Resource),
        5 => new("address", happened.Address),
        6 => new("reason", happened.Reason),
        _ => new(happened.Details[index - Fixed].Key, happened.Details[index - Fixed].Value),
    };

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The word oauth is in it so that <c>grep oauth</c> finds the line wherever it is looked for.</summary>
    public override string ToString()
    {
        var line = new StringBuilder("oauth ", 192).Append(happened.Name).Append(": ").Append(happened.Message);
        for (var i = 2; i < Count; i++)
        {
            var (name, value) = this[i];
            if (value is string text)
            {
                line.Append(' ').Append(name).Append('=');
                _ = text.AsSpan().ContainsAny(' ', '"', '=') || text.Length == 0
                    ? line.Append('"').Append(text.Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"')
                    : line.Append(text);
            }
        }

        return line.ToString();
    }
}
