namespace KOauth.Protocol;

/// <summary>
/// The code that a person reads on a device and types into a page (RFC 8628 §6.1): eight of twenty consonants, so that it spells no
/// word and has no look-alikes; 2.56 · 10^10 of them.
/// </summary>
internal static class UserCode
{
    public const int Length = 8;
    private const string Letters = "BCDFGHJKLMNPQRSTVWXZ";

    public static string New(Randomness randomness)
    {
        Span<byte> bytes = stackalloc byte[8];
        randomness.Fill(bytes);
        var number = BitConverter.ToUInt64(bytes); // 64 bits over 20^8: the bias is below 2^-29
        Span<char> code = stackalloc char[Length];
        foreach (ref var letter in code)
        {
            letter = Letters[(int)(number % (ulong)Letters.Length)];
            number /= (ulong)Letters.Length;
        }

        return new string(code);
    }

    /// <summary>In two halves, as people read it: <c>WDJB-MJHT</c>.</summary>
    public static string Shown(string code) => $"{code[..4]}-{code[4..]}";

    /// <summary>The code in what somebody typed, whatever case, spaces and dashes; null when it cannot be one.</summary>
    public static string? Read(string? typed)
    {
        if (typed is not { Length: > 0 and <= 64 })
        {
            return null;
        }

        var code = new string([.. typed.ToUpperInvariant().Where(c => !char.IsWhiteSpace(c) && c is not ('-' or '–' or '—' or '.' or '_'))]);
        return code.Length == Length && code.All(Letters.Contains) ? code : null;
    }
}
