using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using KOauth.Protocol;

namespace KOauth.People;

/// <summary>
/// One random cookie a browser. A flow is bound to it, so that a link to somebody else's half-done flow is worth nothing in
/// another browser (CVE-2026-27124, CVE-2026-7507). It is not changed by showing a page again, so any number of tabs work.
/// </summary>
internal sealed class BrowserCookie(Cookies cookies, Randomness randomness)
{
    private const int Bytes = 16;
    private static readonly TimeSpan _life = TimeSpan.FromDays(1);

    /// <summary>The hash of the browser's cookie; a browser without one gets one, and one that has it keeps it for another day.</summary>
    public byte[] Ensure(HttpContext http)
    {
        if (http.Items[typeof(BrowserCookie)] is byte[] done)
        {
            return done;
        }

        var value = Value(http) ?? randomness.Text(Bytes);
        cookies.Write(http, Cookies.Browser, value, _life);
        var hash = Hash(value);
        http.Items[typeof(BrowserCookie)] = hash;
        return hash;
    }

    /// <summary>The hash of the cookie this request came with, or null.</summary>
    public byte[]? Read(HttpContext http) => Value(http) is { } value ? Hash(value) : null;

    /// <summary>
    /// Stands in forms that belong to no flow and no person. Another site can neither read nor plant the cookie it is made from,
    /// so it cannot sign a visitor in to an account of its own.
    /// </summary>
    public string FormProof(HttpContext http) => Proof(Ensure(http));

    public bool Proves(HttpContext http, string? proof) => proof is not null && Read(http) is { } hash
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Proof(hash)), Encoding.UTF8.GetBytes(proof));

    private string? Value(HttpContext http) =>
        cookies.Read(http, Cookies.Browser) is { Length: (Bytes * 4 + 2) / 3 } value && Base64Url.IsValid(value) ? value : null;

    private static byte[] Hash(string value) => SHA256.HashData(Encoding.ASCII.GetBytes(value));

    private static string Proof(byte[] hash) => Base64Url.EncodeToString(SHA256.HashData([.. "form"u8, .. hash]));
}
