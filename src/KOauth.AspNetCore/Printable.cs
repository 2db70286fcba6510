namespace KOauth.AspNetCore;

/// <summary>Foreign text for logs and messages: short, and without characters that could forge a line.</summary>
internal static class Printable
{
    private const int Longest = 120;

    public static string Of(string? text)
    {
        if (text is null)
        {
            return "nothing";
        }

        var start = text.Length > Longest ? text[..Longest] : text;
        var clean = string.Create(start.Length, start, static (to, from) =>
        {
            for (var i = 0; i < from.Length; i++)
            {
                to[i] = from[i] is >= ' ' and < '\x7f' ? from[i] : '?';
            }
        });
        return text.Length > Longest ? clean + "…" : clean;
    }
}
