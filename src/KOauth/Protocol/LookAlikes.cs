using System.Globalization;
using System.Text;

namespace KOauth.Protocol;

/// <summary>
/// What a person's eye makes of a word. Two words with one skeleton are easily taken for each other: they differ in case,
/// separators, invisible characters, or letters of another alphabet that look alike. For hints and warnings, never for decisions.
/// </summary>
internal static class LookAlikes
{
    // Pairs: the letter that is written, and the one that is read.
    private const string Pairs =
        "аaвbсcԁdеeёeһhіlїlјjкkӏlмmнhоoрpԛqѕsтtуyхxԝw" + // Cyrillic
        "αaβbεeηnιlκkνvοoρpτtυuχxγy" + // Greek
        "áaàaâaäaãaåaéeèeêeëeílìlîlïlóoòoôoöoõoøoúuùuûuüuçcñnıl" + // Latin with marks
        "0o1lil|l_- -.-‐-‑-‒-–-—-−-"; // I, l and 1 are one letter in many fonts

    private static readonly Dictionary<char, char> _read = Pairs.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);

    public static string Skeleton(string word)
    {
        var skeleton = new StringBuilder(word.Length);
        foreach (var written in word.Trim())
        {
            if (char.GetUnicodeCategory(written) is UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.NonSpacingMark)
            {
                continue;
            }

            var c = written is >= '\uFF01' and <= '\uFF5E' ? (char)(written - '\uFF01' + '!') : written; // full width
            c = char.ToLowerInvariant(c);
            skeleton.Append(_read.GetValueOrDefault(c, c));
        }

        return skeleton.ToString();
    }
}
