namespace KOauth.OAuth.Authorize;

/// <summary>Names the first part in which a requested redirect URI differs from the nearest registered one, for the owner.</summary>
internal static class RedirectUriDifference
{
    public static string Describe(IReadOnlyList<string> registered, string requested)
    {
        if (registered.Count == 0)
        {
            return "The client has no redirect URI registered.";
        }

        var nearest = registered.MaxBy(r => CommonPrefix(r, requested))!;
        if (string.Equals(nearest, requested, StringComparison.OrdinalIgnoreCase))
        {
            return "It differs in upper and lower case.";
        }

        if (nearest.TrimEnd('/') == requested.TrimEnd('/'))
        {
            return "It differs in the slash at the end.";
        }

        if (!Uri.TryCreate(nearest, UriKind.Absolute, out var a) || !Uri.TryCreate(requested, UriKind.Absolute, out var b))
        {
            return "It differs.";
        }

        return (a.Scheme != b.Scheme, a.Host != b.Host, a.Port != b.Port, a.Query != b.Query) switch
        {
            (true, _, _, _) => $"The scheme differs: {a.Scheme} is registered, {b.Scheme} came.",
            (_, true, _, _) => $"The host differs: {a.Host} is registered, {b.Host} came.",
            (_, _, true, _) => $"The port differs: {a.Port} is registered, {b.Port} came.",
            (_, _, _, true) when a.AbsolutePath == b.AbsolutePath => "The query differs.",
            _ => "The path differs.",
        };
    }

    private static int CommonPrefix(string a, string b)
    {
        var length = 0;
        while (length < a.Length && length < b.Length && a[length] == b[length])
        {
            length++;
        }

        return length;
    }
}
