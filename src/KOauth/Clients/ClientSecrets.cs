using System.Security.Cryptography;
using System.Text;
using KOauth.Protocol;

namespace KOauth.Clients;

/// <summary>Makes and hashes client secrets. 256 random bits need no slow hash; they are shown once and never needed again.</summary>
internal static class ClientSecrets
{
    public const string Prefix = "kos_";
    private const int Bytes = 32;

    public static (string Text, ClientSecret Stored) Make(Randomness randomness, DateTimeOffset now)
    {
        var text = Prefix + randomness.Text(Bytes);
        return (text, new ClientSecret(Hash(text), text[^4..], now, null));
    }

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
