using System.Globalization;
using System.Text;

namespace KOauth.People;

/// <summary>What may be an e-mail address: enough to send mail to and to recognise, and nothing that hides or breaks a line.</summary>
internal static class EmailAddress
{
    /// <summary>RFC 5321 §4.5.3.1.3.</summary>
    public const int MaxLength = 254;

    /// <summary>The address as it is stored, or null when it is none.</summary>
    public static string? Normalize(string text)
    {
        if (text.Length > MaxLength * 4 || !IsText(text))
        {
            return null;
        }

        var address = text.Trim().Normalize(NormalizationForm.FormC);
        var at = address.LastIndexOf('@');
        return at > 0 && at < address.Length - 1 && address.Length <= MaxLength
            && !address.Any(c => c is '<' or '>' or '"' or '\\' or ',' or ';' || IsHidden(c))
            ? address
            : null;
    }

    /// <summary>Half a surrogate pair is no text, and normalizing it throws.</summary>
    private static bool IsText(string text) => !text.EnumerateRunes().Contains(Rune.ReplacementChar);

    private static bool IsHidden(char c) => char.IsWhiteSpace(c) || char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse;
}
