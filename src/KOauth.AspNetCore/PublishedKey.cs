using Microsoft.IdentityModel.Tokens;

namespace KOauth.AspNetCore;

/// <summary>One public key of the authorization server, and what it may be used with.</summary>
internal sealed record PublishedKey(SecurityKey Key, string Type, string? Algorithm)
{
    private const int FewestRsaBits = 2048;

    /// <summary>A key serves one family, and only its own algorithm if it names one (RFC 7517 §4.4).</summary>
    public bool Allows(string algorithm) =>
        algorithm.StartsWith('E') == (Type == JsonWebAlgorithmsKeyTypes.EllipticCurve)
        && (Algorithm is null || Algorithm == algorithm);

    /// <summary>The keys of a key set that can check signatures, by their id. Unusable ones are left out, not an error: RFC 7517 §5.</summary>
    public static Dictionary<string, PublishedKey> ReadSet(string json)
    {
        var keys = new Dictionary<string, PublishedKey>(StringComparer.Ordinal);
        foreach (var jwk in new JsonWebKeySet(json).Keys)
        {
            if (TryRead(jwk) is { } key)
            {
                keys.TryAdd(jwk.Kid, key);
            }
        }

        return keys;
    }

    private static PublishedKey? TryRead(JsonWebKey jwk)
    {
        if (string.IsNullOrEmpty(jwk.Kid)
            || jwk.Use is not (null or "" or "sig")
            || jwk.Kty is not (JsonWebAlgorithmsKeyTypes.EllipticCurve or JsonWebAlgorithmsKeyTypes.RSA))
        {
            return null;
        }

        jwk.X5c.Clear(); // the key itself is what was published; a certificate beside it is not looked at
        return JsonWebKeyConverter.TryConvertToSecurityKey(jwk, out var key)
            && (key is ECDsaSecurityKey || key is RsaSecurityKey { KeySize: >= FewestRsaBits })
                ? new(key, jwk.Kty, string.IsNullOrEmpty(jwk.Alg) ? null : jwk.Alg)
                : null;
    }
}
