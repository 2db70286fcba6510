using System.Runtime.CompilerServices;
using KOauth.Clients;
using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Resources;

namespace KOauth.Grants;

/// <summary>
/// Whom a token is for: a registered resource, or one of two that have no row. One audience a token, always.
/// Scopes have numbers here, so that a sealed code carries bits instead of texts.
/// </summary>
internal sealed class Audience
{
    /// <summary><c>openid</c> without a resource: the token is for this server's own userinfo.</summary>
    public const int IssuerKey = 0;

    /// <summary>The configured default audience that is no registered resource.</summary>
    public const int DefaultKey = -1;

    // A resource as requests see it is a snapshot that nobody writes to, so what follows from it is worked out once.
    private static readonly ConditionalWeakTable<Resource, Audience> _ofResources = [];

    private readonly string[] _names;
    private readonly int[] _ids;

    private Audience(int key, string value, string name, Resource? resource, IEnumerable<(int Id, string Name)> scopes)
    {
        Key = key;
        Value = value;
        Name = name;
        Resource = resource;
        (int Id, string Name)[] all =
        [
            .. ScopeSet.Standard.Select((scope, i) => (i, scope)),
            .. scopes.Where(s => !ScopeSet.Standard.Contains(s.Name)).Select(s => (s.Id + ScopeSet.Standard.Count, s.Name)),
        ];
        _ids = [.. all.Select(s => s.Id)];
        _names = [.. all.Select(s => s.Name)];
        Scopes = ScopeSet.Of(_names);
    }

    public int Key { get; }

    /// <summary>What stands in <c>aud</c>.</summary>
    public string Value { get; }

    public string Name { get; }

    public Resource? Resource { get; }

    /// <summary>All scopes that mean something here.</summary>
    public ScopeSet Scopes { get; }

    public static Audience Of(Resource resource) => _ofResources.GetValue(
        resource, r => new Audience(r.Key, r.TokenAudience, r.Name, r, r.Scopes.Select(s => (s.Id, s.Name))));

    public static Audience OfIssuer(KOauthSettings settings) =>
        new(IssuerKey, settings.Issuer.Value, settings.Issuer.Host, null, []);

    public static Audience OfDefault(string audience, Client client) =>
        new(DefaultKey, audience, audience, null, (client.Scopes ?? []).Select((scope, i) => (i, scope)));

    /// <summary>The scopes of a request that names none: those marked as default, or all of the resource.</summary>
    public ScopeSet DefaultScopes()
    {
        if (Resource is null)
        {
            return Scopes.Except(ScopeSet.Standard);
        }

        var marked = Resource.Scopes.Where(s => s.IsDefault).Select(s => s.Name).ToList();
        return ScopeSet.Of(marked.Count > 0 ? marked : Resource.Scopes.Select(s => s.Name));
    }

    /// <summary>One bit a scope.</summary>
    public byte[] ToBits(ScopeSet scopes)
    {
        var ids = scopes.Select(IdOf).Where(id => id >= 0).ToList();
        var bits = new byte[ids.Count == 0 ? 0 : (ids.Max() / 8) + 1];
        foreach (var id in ids)
        {
            bits[id / 8] |= (byte)(1 << (id % 8));
        }

        return bits;
    }

    /// <summary>The scopes of these bits that still exist.</summary>
    public ScopeSet FromBits(ReadOnlySpan<byte> bits)
    {
        var scopes = new List<string>();
        for (var i = 0; i < _ids.Length; i++)
        {
            var id = _ids[i];
            if (id / 8 < bits.Length && (bits[id / 8] & (1 << (id % 8))) != 0)
            {
                scopes.Add(_names[i]);
            }
        }

        return ScopeSet.Of(scopes);
    }

    private int IdOf(string scope) => Array.IndexOf(_names, scope) is var i && i < 0 ? -1 : _ids[i];
}
