using System.Text;
using KOauth.Protocol;

namespace KOauth.Clients;

/// <summary>
/// Finds out that an application nobody vouched for goes by the name of a known one (DC-09). A warning for the person at the
/// consent page, not a decision: who really is the known one returns to an address that is known, too.
/// </summary>
internal static class BorrowedNames
{
    /// <summary>The known application whose name this is, spelled or looking like it, although the answer goes somewhere else.</summary>
    public static Preset? OwnerOf(string name, string redirectUri)
    {
        var read = Words(LookAlikes.Skeleton(name));
        // "Claude Code" is Claude Code before it is Claude.
        var owners = Presets.All.Where(p => read.Contains(Words(LookAlikes.Skeleton(p.Name)), StringComparison.Ordinal))
            .OrderByDescending(p => p.Name.Length).ToList();
        if (owners.Count == 0 || !RedirectUri.Parse(redirectUri).Ok(out var uri, out _) || owners.Exists(p => ReturnsTo(p, uri)))
        {
            return null;
        }

        // On the person's own device every address looks alike, and a new edition may use another one: only foreign letters tell.
        return uri.IsHttps || !name.Contains(owners[0].Name, StringComparison.OrdinalIgnoreCase) ? owners[0] : null;
    }

    private static bool ReturnsTo(Preset preset, RedirectUri uri)
    {
        var known = preset.RedirectUris
            .Concat(preset.OtherRedirectUris.Select(o => o.Uri))
            .Append(preset.RedirectUriPattern?.Split('{')[0])
            .OfType<string>();
        return known.Any(text => RedirectUri.Parse(text).Ok(out var theirs, out _)
            && (uri.IsHttps ? theirs.IsHttps && theirs.Host == uri.Host : theirs.Scheme == uri.Scheme));
    }

    /// <summary>Letters and digits in words, with a space before and after each, so that "Zed" is not found in "Amazed".</summary>
    private static string Words(string skeleton)
    {
        var words = new StringBuilder(" ");
        foreach (var c in skeleton)
        {
            if (char.IsLetterOrDigit(c))
            {
                words.Append(c);
            }
            else if (words[^1] != ' ')
            {
                words.Append(' ');
            }
        }

        return words[^1] == ' ' ? words.ToString() : words.Append(' ').ToString();
    }
}
