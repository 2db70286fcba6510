using System.Text.Json;
using KOauth.Protocol.DPoP;

namespace KOauth.Protocol;

/// <summary>A JWK Set (RFC 7517 §5) of somebody else. Keys of kinds we do not know are passed over, as the RFC asks.</summary>
internal sealed class JwkSet
{
    /// <summary>Every key that fits costs a signature check.</summary>
    private const int MostKeys = 50;

    private readonly JsonElement[] _keys;

    private JwkSet(JsonElement[] keys) => _keys = keys;

    /// <exception cref="JsonException">It is none.</exception>
    public static JwkSet Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, new() { AllowDuplicateProperties = false, MaxDepth = 16 });
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("keys", out var keys)
            || keys.ValueKind != JsonValueKind.Array
            || keys.GetArrayLength() > MostKeys)
        {
            throw new JsonException($"It is no JWK Set of at most {MostKeys} keys.");
        }

        return new JwkSet([.. keys.EnumerateArray().Where(k => k.ValueKind == JsonValueKind.Object).Select(k => k.Clone())]);
    }

    /// <summary>Whether there is a key of this name; without a name, whether there is any.</summary>
    public bool Has(string? kid) => Array.Exists(_keys, k => IsNamed(k, kid));

    /// <summary>
    /// Whether a key of the set made the signature. The algorithm is one of <see cref="ProofKey.Algorithms"/>, the key of the kind it
    /// needs, so that neither <c>none</c> nor a public key used as a secret gets this far (RFC 8725 §3.1).
    /// </summary>
    public async ValueTask<bool> HasSignedAsync(CompactJws jws)
    {
        if (jws.Algorithm is not { } algorithm || !ProofKey.Algorithms.Contains(algorithm))
        {
            return false;
        }

        var kid = CompactJws.StringOf(jws.Header, "kid");
        foreach (var jwk in _keys.Where(k => IsNamed(k, kid) && IsMeant(k, "use", "sig") && IsMeant(k, "alg", algorithm)))
        {
            using var key = ProofKey.OfJwk(jwk, algorithm, out _);
            if (key is not null && await key.HasSignedAsync(jws, algorithm))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNamed(JsonElement key, string? kid) => kid is null || CompactJws.StringOf(key, "kid") == kid;

    private static bool IsMeant(JsonElement key, string name, string value) => !key.TryGetProperty(name, out _) || CompactJws.StringOf(key, name) == value;
}
