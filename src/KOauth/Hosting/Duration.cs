using System.Globalization;

namespace KOauth.Hosting;

/// <summary>Lengths of time as people write them in settings and options: <c>90d</c>, <c>1h</c>, <c>10m</c>, <c>30s</c>, <c>0</c>.</summary>
internal static class Duration
{
    private static readonly (char Letter, TimeSpan Length)[] _units =
        [('d', TimeSpan.FromDays(1)), ('h', TimeSpan.FromHours(1)), ('m', TimeSpan.FromMinutes(1)), ('s', TimeSpan.FromSeconds(1))];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }

        var unit = text.Length > 1 ? _units.FirstOrDefault(u => u.Letter == text[^1]) : default;
        if (unit == default || !int.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count > TimeSpan.FromDays(36_500) / unit.Length)
        {
            return false;
        }

        duration = count * unit.Length;
        return true;
    }

    /// <summary>The shortest spelling that means the same.</summary>
    public static string Text(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0";
        }

        var unit = _units.First(u => duration.Ticks % u.Length.Ticks == 0 || u.Letter == 's');
        return string.Create(CultureInfo.InvariantCulture, $"{(long)(duration / unit.Length)}{unit.Letter}");
    }
}
