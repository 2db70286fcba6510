using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace KOauth.Protocol.DPoP;

/// <summary>The public key in the header of a proof: of the one kind its algorithm needs, and nothing private with it (RFC 9449 §4.3).</summary>
internal sealed class ProofKey : IDisposable
{
    /// <summary>Asymmetric ones only; advertised in this order.</summary>
    public static readonly IReadOnlyList<string> Algorithms = ["ES256", "PS256", "RS256"];

    private const int CoordinateBytes = 32;
    private const int FewestModulusBytes = 256;
    private const int MostModulusBytes = 512; // beyond it every proof would cost milliseconds
    private const int MostExponentBytes = 4;

    private static readonly JsonWebTokenHandler _jose = new();

    // Every proof brings a key of its own: nothing is to be pooled by it.
    private static readonly CryptoProviderFactory _crypto = new() { CacheSignatureProviders = false };

    private static readonly string[] _private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    private readonly AsymmetricAlgorithm _algorithm;

    private ProofKey(AsymmetricAlgorithm algorithm, SecurityKey key)
    {
        _algorithm = algorithm;
        Key = key;
        Thumbprint = key.ComputeJwkThumbprint();
    }

    public SecurityKey Key { get; }

    /// <summary>RFC 7638, SHA-256, from the key itself: however the key is spelled, it is the same.</summary>
    public byte[] Thumbprint { get; }

    public static ProofKey? Read(JsonElement header, string algorithm, out string problem)
    {
        if (header.TryGetProperty("jwk", out var jwk) && jwk.ValueKind == JsonValueKind.Object)
        {
            return OfJwk(jwk, algorithm, out problem);
        }

        problem = "its header has no 'jwk'";
        return null;
    }

    /// <summary>The key of a JSON Web Key (RFC 7517), for this one algorithm.</summary>
    public static ProofKey? OfJwk(JsonElement jwk, string algorithm, out string problem)
    {
        problem = "its 'jwk' is not a public key of the kind its algorithm needs";
        if (Array.Exists(_private, name => jwk.TryGetProperty(name, out _)))
        {
            problem = "its 'jwk' has private members; that key has to be thrown away";
            return null;
        }

        try
        {
            return algorithm == "ES256" ? EllipticCurve(jwk) : Rsa(jwk);
        }
        catch (CryptographicException)
        {
            return null; // a point that is not on the curve, a modulus that is none
        }
    }

    /// <summary>Whether the signature is this key's. Nothing else of the token is looked at.</summary>
    public async ValueTask<bool> HasSignedAsync(CompactJws jws, string algorithm) => (await _jose.ValidateTokenAsync(jws.Text, new()
    {
        CryptoProviderFactory = _crypto,
        IssuerSigningKeyResolver = (_, _, _, _) => [Key],
        ValidAlgorithms = [algorithm],
        ValidateIssuer = false,
        ValidateAudience = false,
        ValidateLifetime = false,
        RequireExpirationTime = false,
    })).IsValid;

    public void Dispose() => _algorithm.Dispose();

    private static ProofKey? EllipticCurve(JsonElement jwk)
    {
        if (CompactJws.StringOf(jwk, "kty") != "EC"
            || CompactJws.StringOf(jwk, "crv") != "P-256"
            || Bytes(jwk, "x") is not { Length: CoordinateBytes } x
            || Bytes(jwk, "y") is not { Length: CoordinateBytes } y)
        {
            return null;
        }

        var ecdsa = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } });
        return new ProofKey(ecdsa, new ECDsaSecurityKey(ecdsa));
    }

    private static ProofKey? Rsa(JsonElement jwk)
    {
        if (CompactJws.StringOf(jwk, "kty") != "RSA"
            || Bytes(jwk, "n") is not { Length: >= FewestModulusBytes and <= MostModulusBytes } modulus
            || Bytes(jwk, "e") is not { Length: <= MostExponentBytes } exponent)
        {
            return null;
        }

        var rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });
        return new ProofKey(rsa, new RsaSecurityKey(rsa));
    }

    private static byte[]? Bytes(JsonElement jwk, string name) =>
        CompactJws.StringOf(jwk, name) is { } text && CompactJws.TryDecode(text, out var bytes) ? bytes : null;
}
