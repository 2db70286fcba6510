using System.Globalization;

namespace KOauth.Account;

/// <summary>Moments as people say them; what is older than a week has a date, which no time zone changes much.</summary>
internal static class Moments
{
    public static string Ago(DateTimeOffset at, DateTimeOffset now) => (now - at) switch
    {
        { TotalMinutes: < 2 } => "just now",
        { TotalMinutes: < 60 } gone => $"{(int)gone.TotalMinutes} minutes ago",
        { TotalHours: < 2 } => "an hour ago",
        { TotalHours: < 24 } gone => $"{(int)gone.TotalHours} hours ago",
        { TotalDays: < 2 } => "a day ago",
        { TotalDays: < 7 } gone => $"{(int)gone.TotalDays} days ago",
        _ => Date(at),
    };

    public static string Date(DateTimeOffset at) => at.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
}
