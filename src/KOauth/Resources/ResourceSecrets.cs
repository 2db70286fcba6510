using System.Security.Cryptography;
using System.Text;
using KOauth.Protocol;

namespace KOauth.Resources;

/// <summary>
/// The credential by which a resource's server asks about tokens and API keys: an id, and a secret of 256 random bits of which only the
/// hash is kept.
/// </summary>
internal static class ResourceSecrets
{
    private const int IdBytes = 12;
    private const int SecretBytes = 32;

    public static string NewId(Randomness randomness) => "kom_" + randomness.Text(IdBytes);

    public static (string Text, ResourceSecret Stored) Make(Randomness randomness, DateTimeOffset now)
    {
        var text = "kos_" + randomness.Text(SecretBytes);
        return (text, new ResourceSecret(Hash(text), text[^4..], now, null));
    }

    /// <summary>Every comparison takes the same time, whatever the secret.</summary>
    public static bool Match(Resource resource, string secret, DateTimeOffset now)
    {
        var hash = Hash(secret);
        var matches = false;
        foreach (var stored in resource.Secrets)
        {
            matches |= CryptographicOperations.FixedTimeEquals(stored.Hash, hash) & !(stored.ExpiresAt <= now);
        }

        return matches;
    }

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
