using System.Security.Cryptography;

namespace KOauth.Clients;

/// <summary>Whether a secret is a client's, and if not, which of the usual slips it is. The sentence never holds the secret.</summary>
internal sealed record SecretCheck(bool Matches, string? Sentence)
{
    public static SecretCheck Of(Client client, string secret, DateTimeOffset now)
    {
        if (Find(client, secret) is { } stored)
        {
            return stored.ExpiresAt is not { } end ? new(true, null)
                : end > now ? new(true, $"It is the previous secret, valid until {end:yyyy-MM-dd HH:mm} UTC.")
                : new(false, "It is the previous secret, whose time is over.");
        }

        if (Find(client, secret.Trim()) is not null)
        {
            return new(false, "It has spaces or a line break before or after it.");
        }

        if (Find(client, Uri.UnescapeDataString(secret)) is not null)
        {
            return new(false, "It is percent-encoded.");
        }

        return new(false, secret == client.ClientId ? "It is the client id." : null);
    }

    /// <summary>Every comparison takes the same time, whatever the secret.</summary>
    public static ClientSecret? Find(Client client, string secret)
    {
        var hash = ClientSecrets.Hash(secret);
        ClientSecret? found = null;
        foreach (var stored in client.Secrets)
        {
            found = CryptographicOperations.FixedTimeEquals(stored.Hash, hash) ? stored : found;
        }

        return found;
    }
}
