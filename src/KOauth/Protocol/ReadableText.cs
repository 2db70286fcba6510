using System.Globalization;
using System.Text;

namespace KOauth.Protocol;

/// <summary>
/// Words that people decide by may hold nothing that nobody sees: no line break, control, or mark that turns writing around
/// (DC-09). Such words are refused, not mended: what is left of them would be another name.
/// </summary>
internal static class ReadableText
{
    public static bool Is(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            // An unpaired surrogate is enumerated as U+FFFD.
            if (rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse)
            {
                return false;
            }
        }

        return true;
    }
}
