using System.Text.Json;
using KOauth.Protocol;

namespace KOauth.Clients;

/// <summary>Takes typed members out of a client's JSON, and remembers the first that has another type (DC-13).</summary>
internal sealed class MetadataMembers(JsonElement metadata)
{
    private const int MaxItems = 1000;

    public Refusal? Fault { get; private set; }

    /// <summary>A string; empty counts as absent.</summary>
    public string? Text(string name) => metadata.TryGetProperty(name, out var value) switch
    {
        false => null,
        true when value.ValueKind == JsonValueKind.String => value.GetString() is { Length: > 0 } text ? text : null,
        _ => Wrong<string>($"{name} must be a string."),
    };

    /// <summary>A list of strings.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (!metadata.TryGetProperty(name, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Array
            && value.GetArrayLength() <= MaxItems
            && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
            : Wrong<IReadOnlyList<string>>($"{name} must be a list of strings.");
    }

    public bool Is(string name)
    {
        if (!metadata.TryGetProperty(name, out var value))
        {
            return false;
        }

        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Wrong<string>($"{name} must be true or false.");
        }

        return value.ValueKind == JsonValueKind.True;
    }

    private T? Wrong<T>(string detail)
        where T : class
    {
        Fault ??= new Refusal(Reasons.ClientMetadataInvalid) { Detail = detail };
        return null;
    }
}
