using System.Collections.Concurrent;

namespace KOauth.Data;

/// <summary>What the owner should look at although everything answers; health and start-up tell it.</summary>
internal sealed class Warnings
{
    public const string ClockBehind = "clock_behind";
    public const string RestoredFromBackup = "restored_from_backup";

    private readonly ConcurrentDictionary<string, string> _open = new(StringComparer.Ordinal);

    /// <summary>Name and sentence of each.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>> Open => [.. _open.OrderBy(w => w.Key, StringComparer.Ordinal)];

    /// <summary>True when it was not raised before.</summary>
    public bool Raise(string name, string sentence) => _open.TryAdd(name, sentence);

    /// <summary>What it warned of is done.</summary>
    public void Settle(string name) => _open.TryRemove(name, out _);
}
