using System.Security.Cryptography;
using KOauth.Protocol;
using Microsoft.IdentityModel.Tokens;

namespace KOauth.Keys;

/// <summary>Makes keys, already wrapped: nothing else ever holds one in clear that the database could store.</summary>
internal sealed class NewKeys(MasterKey master, Randomness randomness, DateTimeOffset now)
{
    // 2048 bits sign six times as fast as 3072 and are what NIST SP 800-57 allows until 2030; keys are rotated long before.
    private const int RsaBits = 2048;

    public SigningKey Signing(string algorithm)
    {
        using AsymmetricAlgorithm pair = algorithm == SigningAlgorithms.ES256
            ? ECDsa.Create(ECCurve.NamedCurves.nistP256)
            : RSA.Create(RsaBits);
        SecurityKey key = pair is ECDsa ecdsa ? new ECDsaSecurityKey(ecdsa) : new RsaSecurityKey((RSA)pair);
        var kid = OpenSigningKey.Thumbprint(key);
        if (kid[0] == '-')
        {
            return Signing(algorithm); // on a command line it would be an option
        }

        var row = new SigningKey
        {
            Kid = kid,
            Algorithm = algorithm,
            WrappedPrivateKey = [],
            PublicKey = pair.ExportSubjectPublicKeyInfo(),
            CreatedAt = now,
            ActiveFrom = now,
        };
        var pkcs8 = pair.ExportPkcs8PrivateKey();
        row.WrappedPrivateKey = master.Wrap(WrappedKind.SigningKey, row.WrappingId, pkcs8, randomness);
        CryptographicOperations.ZeroMemory(pkcs8);
        return row;
    }

    public SecretKey Secret(SecretKeyPurpose purpose, byte number)
    {
        var row = new SecretKey { Purpose = purpose, Number = number, Wrapped = [], CreatedAt = now };
        var secret = randomness.Bytes(SecretKey.Length);
        row.Wrapped = master.Wrap(WrappedKind.SecretKey, row.WrappingId, secret, randomness);
        CryptographicOperations.ZeroMemory(secret);
        return row;
    }
}
