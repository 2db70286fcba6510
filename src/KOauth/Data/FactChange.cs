using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KOauth.Data;

/// <summary>One thing that is known of a client, a resource or a person, as people read it; never a secret.</summary>
/// <param name="Name">Stable, camelCase: in the audit log and in JSON.</param>
/// <param name="Label">For people.</param>
/// <param name="Value">A text, a truth value, a list of texts, or null.</param>
internal sealed record Fact(string Name, string Label, object? Value);

/// <summary>A fact that a change changed; the audit log keeps the old value beside the new one.</summary>
internal sealed record FactChange(string Name, string Label, object? Old, object? New)
{
    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // readable URLs; controls are escaped still
    };

    /// <summary>What differs between two states of one thing, whose facts stand in one order.</summary>
    public static IReadOnlyList<FactChange> Between(IReadOnlyList<Fact> before, IReadOnlyList<Fact> after) =>
    [
        .. before.Zip(after, (old, now) => new FactChange(now.Name, now.Label, old.Value, now.Value))
            .Where(change => !Same(change.Old, change.New)),
    ];

    /// <summary>What a new thing has.</summary>
    public static IReadOnlyList<FactChange> AllNew(IReadOnlyList<Fact> facts) =>
        [.. facts.Where(f => f.Value is not null).Select(f => new FactChange(f.Name, f.Label, null, f.Value))];

    /// <summary>As <see cref="AuditRow.Changes"/> holds it: <c>{"name":{"old":"a","new":"b"}}</c>.</summary>
    public static string ToJson(IEnumerable<FactChange> changes) =>
        JsonSerializer.Serialize(changes.ToDictionary(c => c.Name, c => new OldAndNew(c.Old, c.New)), _json);

    private static bool Same(object? a, object? b) => a is IReadOnlyList<string> some && b is IReadOnlyList<string> others
        ? some.SequenceEqual(others, StringComparer.Ordinal)
        : Equals(a, b);

    private sealed record OldAndNew(object? Old, [property: JsonPropertyName("new")] object? Now);
}
