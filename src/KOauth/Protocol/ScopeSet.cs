using System.Collections;

namespace KOauth.Protocol;

/// <summary>Scopes in the order they were named, each once (RFC 6749 §3.3).</summary>
internal sealed class ScopeSet : IReadOnlyCollection<string>
{
    public const string OpenId = "openid";
    public const string Profile = "profile";
    public const string Email = "email";
    public const string OfflineAccess = "offline_access";

    /// <summary>The scopes KOauth itself gives a meaning to.</summary>
    public static readonly ScopeSet Standard = new([OpenId, Profile, Email, OfflineAccess]);

    public static readonly ScopeSet Empty = new([]);

    private readonly string[] _scopes;

    private ScopeSet(string[] scopes) => _scopes = scopes;

    public int Count => _scopes.Length;

    public static ScopeSet Of(IEnumerable<string> scopes) => new([.. scopes.Distinct(StringComparer.Ordinal)]);

    /// <summary>Splits at spaces. Tokens with characters outside RFC 6749's set are dropped: they can name nothing registered.</summary>
    public static ScopeSet Parse(string? text) => string.IsNullOrWhiteSpace(text)
        ? Empty
        : Of(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(IsScopeToken));

    /// <summary>RFC 6749 §3.3: %x21 / %x23-5B / %x5D-7E.</summary>
    public static bool IsScopeToken(string token) =>
        token.Length is > 0 and <= 128 && token.All(c => c is '!' or (>= '#' and <= '[') or (>= ']' and <= '~'));

    public bool Contains(string scope) => Array.IndexOf(_scopes, scope) >= 0;

    public bool IsSubsetOf(ScopeSet other) => _scopes.All(other.Contains);

    public ScopeSet Intersect(ScopeSet other) => new([.. _scopes.Where(other.Contains)]);

    public ScopeSet Union(ScopeSet other) => Of(_scopes.Concat(other._scopes));

    public ScopeSet Except(ScopeSet other) => new([.. _scopes.Where(s => !other.Contains(s))]);

    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_scopes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(' ', _scopes);
}
