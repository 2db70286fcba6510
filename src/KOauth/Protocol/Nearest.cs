namespace KOauth.Protocol;

/// <summary>Which known word somebody most likely meant. For hints only, never for decisions.</summary>
internal static class Nearest
{
    private const int LongestCompared = 128;

    /// <summary>The known word most like the given one, or null when none is like it.</summary>
    public static string? To(string word, IEnumerable<string> known)
    {
        var folded = Folded(word);
        var best = known
            .Select(candidate => (candidate, distance: Distance(folded, Folded(candidate))))
            .OrderBy(c => c.distance)
            .ThenBy(c => c.candidate, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.candidate is not null && best.distance <= Math.Max(1, folded.Length / 3) ? best.candidate : null;
    }

    // Case, separators and characters of one look are the commonest slips, so they count for nothing.
    private static string Folded(string word) =>
        LookAlikes.Skeleton(word.Length > LongestCompared ? word[..LongestCompared] : word);

    /// <summary>Insertions, deletions, exchanges and swaps of neighbours that lead from one word to the other.</summary>
    private static int Distance(string a, string b)
    {
        var before = new int[b.Length + 1];
        var above = new int[b.Length + 1];
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            above[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(above[j] + 1, row[j - 1] + 1), above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            (before, above, row) = (above, row, before);
        }

        return above[b.Length];
    }
}
