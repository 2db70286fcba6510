using System.Buffers;
using System.Globalization;
using System.Text;

namespace KOauth.Hosting;

/// <summary>Makes foreign words harmless to logs and terminals: one record stays one line, and nothing moves a cursor.</summary>
internal static class Printable
{
    private static readonly SearchValues<char> _harmful = SearchValues.Create(
        [.. Enumerable.Range(0, char.MaxValue + 1).Select(c => (char)c).Where(IsHarmful)]);

    /// <summary>The text with control characters, line separators and direction marks written as <c>\uXXXX</c> (LG-02).</summary>
    public static string Text(string text)
    {
        if (!text.AsSpan().ContainsAny(_harmful))
        {
            return text;
        }

        var printable = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            _ = c switch
            {
                '\n' => printable.Append(@"\n"),
                '\r' => printable.Append(@"\r"),
                '\t' => printable.Append(@"\t"),
                _ when IsHarmful(c) => printable.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => printable.Append(c),
            };
        }

        return printable.ToString();
    }

    // Format characters turn writing around and hide text (U+202E); separators end a line for some readers.
    private static bool IsHarmful(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
