namespace KOauth.Grants;

/// <summary>
/// What a refresh token is worth, by its generation. Rotation goes by time, not by distance: parallel agents share one token,
/// present it at once or retry with it, and must not log each other out; there is never more than one live leaf, and a token used
/// long after it was superseded is taken for stolen. This deviates from RFC 9700 §4.14.2 on purpose (docs/threat-model.md); a grace
/// of zero restores strict rotation.
/// </summary>
internal static class Rotation
{
    /// <summary>A superseded token is answered this long whoever asks: the answer to a moving client may have been lost.</summary>
    public static readonly TimeSpan Anybody = TimeSpan.FromSeconds(30);

    public static Verdict Judge(
        int presented, int current, RecentGenerations recent, long source, TimeSpan grace, DateTimeOffset now)
    {
        if (presented > current)
        {
            return Verdict.FromTheFuture;
        }

        if (presented == current)
        {
            // Nothing is pushed out of the slots while the grace covers it. So what is in no slot was superseded longer ago.
            return recent.IsFullOfYoungerThan(grace, now) ? Verdict.CurrentAsBefore : Verdict.Next;
        }

        if (!recent.TryFind(presented, out var supersededAt, out var supersededBy) || now - supersededAt >= grace)
        {
            return Verdict.Reused;
        }

        return now - supersededAt <= Anybody || source == supersededBy ? Verdict.CurrentAgain : Verdict.OtherSource;
    }

    internal enum Verdict
    {
        /// <summary>The current token: the next generation is answered.</summary>
        Next,

        /// <summary>The current token, and many rotations lately: it is answered once more.</summary>
        CurrentAsBefore,

        /// <summary>A superseded token within the grace: the current one is answered.</summary>
        CurrentAgain,

        /// <summary>A superseded token within the grace, from elsewhere: refused, nothing ends.</summary>
        OtherSource,

        /// <summary>A token superseded longer ago: the grant ends.</summary>
        Reused,

        /// <summary>A token this database has not issued yet: it was restored from a backup.</summary>
        FromTheFuture,
    }
}
