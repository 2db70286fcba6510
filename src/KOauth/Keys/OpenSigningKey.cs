using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace KOauth.Keys;

/// <summary>A signing key ready for use. Its private and its public half are separate objects: what publishes or verifies never holds the private one.</summary>
internal sealed class OpenSigningKey
{
    private OpenSigningKey(SigningKey row, AsymmetricSecurityKey privateKey, AsymmetricSecurityKey publicKey)
    {
        Kid = row.Kid;
        Algorithm = row.Algorithm;
        ActiveFrom = row.ActiveFrom;
        RetiredAt = row.RetiredAt;
        PublicKey = publicKey;
        Credentials = new SigningCredentials(privateKey, row.Algorithm);
    }

    public string Kid { get; }

    public string Algorithm { get; }

    public DateTimeOffset ActiveFrom { get; }

    public DateTimeOffset? RetiredAt { get; }

    /// <summary>Kept for the life of the key: the library pools its signature objects by it.</summary>
    public SigningCredentials Credentials { get; }

    /// <summary>Verifies; an <see cref="ECDsaSecurityKey"/> or <see cref="RsaSecurityKey"/>.</summary>
    public AsymmetricSecurityKey PublicKey { get; }

    /// <summary>The key of a row, or null when the row cannot be opened or its halves do not belong together.</summary>
    public static OpenSigningKey? Open(SigningKey row, MasterKey master)
    {
        var pkcs8 = master.Unwrap(WrappedKind.SigningKey, row.WrappingId, row.WrappedPrivateKey);
        if (pkcs8 is null)
        {
            return null;
        }

        try
        {
            var (privateKey, publicBytes) = Import(row.Algorithm, key => key.ImportPkcs8PrivateKey(pkcs8, out _));
            var (publicKey, _) = Import(row.Algorithm, key => key.ImportSubjectPublicKeyInfo(row.PublicKey, out _));
            privateKey.KeyId = publicKey.KeyId = row.Kid;
            return publicBytes.AsSpan().SequenceEqual(row.PublicKey) && Thumbprint(publicKey) == row.Kid
                ? new OpenSigningKey(row, privateKey, publicKey)
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <summary>RFC 7638: the <c>kid</c> follows from the key, so it is the same after every start and on every node.</summary>
    public static string Thumbprint(SecurityKey key) => Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());

    private static (AsymmetricSecurityKey Key, byte[] PublicBytes) Import(string algorithm, Action<AsymmetricAlgorithm> import)
    {
        if (algorithm == SigningAlgorithms.ES256)
        {
            var ecdsa = ECDsa.Create();
            import(ecdsa);
            return (new ECDsaSecurityKey(ecdsa), ecdsa.ExportSubjectPublicKeyInfo());
        }

        var rsa = RSA.Create();
        import(rsa);
        return (new RsaSecurityKey(rsa), rsa.ExportSubjectPublicKeyInfo());
    }
}
