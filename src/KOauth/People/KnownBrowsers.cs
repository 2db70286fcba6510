using KOauth.Keys;
using KOauth.Protocol;

namespace KOauth.People;

/// <summary>
/// Remembers, in a sealed cookie, that somebody signed in from this browser before. Wrong passwords typed elsewhere then do not
/// hold the person up here: nobody can lock the owner out by guessing (NIST SP 800-63B-4 §3.2.2).
/// </summary>
internal sealed class KnownBrowsers(Cookies cookies, Sealer sealer, Randomness randomness)
{
    private const int IdLength = 16;
    private const int MaxPeople = 4;

    /// <summary>The longest that browsers keep a cookie.</summary>
    private static readonly TimeSpan _life = TimeSpan.FromDays(400);

    /// <summary>The id of this browser if the person has signed in from it, else null.</summary>
    public string? Find(HttpContext http, Guid user) =>
        Read(http) is { } known && known.People.Contains(user) ? Convert.ToHexString(known.Browser) : null;

    public void Remember(HttpContext http, Guid user)
    {
        var known = Read(http) ?? new Known(randomness.Bytes(IdLength), []);
        IEnumerable<Guid> people = [user, .. known.People.Where(p => p != user).Take(MaxPeople - 1)];
        cookies.Write(http, Cookies.Known, sealer.Seal(SealPurpose.BrowserKnown, [.. known.Browser, .. people.SelectMany(p => p.ToByteArray())]), _life);
    }

    private Known? Read(HttpContext http)
    {
        if (cookies.Read(http, Cookies.Known) is not { } cookie
            || !sealer.TryOpen(SealPurpose.BrowserKnown, cookie, out var content)
            || content.Length < IdLength
            || content.Length % IdLength != 0)
        {
            return null;
        }

        return new Known(content[..IdLength], [.. content[IdLength..].Chunk(16).Select(p => new Guid(p))]);
    }

    private sealed record Known(byte[] Browser, IReadOnlyList<Guid> People);
}
