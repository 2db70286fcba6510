using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using KOauth.Keys;

namespace KOauth.Grants.DPoP;

/// <summary>
/// The nonces that proofs carry (RFC 9449 §8), so that nobody makes proofs in advance and uses them when the key is gone. A nonce is a
/// keyed hash of the time: nothing is stored, and every node knows it. The one of the time before still counts.
/// </summary>
internal sealed class ProofNonces(KeyRing ring, TimeProvider clock)
{
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(3);

    private const int Length = 16;

    public string Current => At(PeriodNow);

    private long PeriodNow => clock.GetUtcNow().ToUnixTimeSeconds() / (long)Period.TotalSeconds;

    public bool IsRight(string nonce)
    {
        var (given, now) = (Encoding.UTF8.GetBytes(nonce), PeriodNow);
        return CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(At(now)))
            | CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(At(now - 1)));
    }

    private string At(long period)
    {
        // The name keeps it apart from everything else hashed under this key.
        Span<byte> input = [.. "dpop nonce"u8, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt64BigEndian(input[^sizeof(long)..], period);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(ring.Keys.Tag, input, hash);
        return Base64Url.EncodeToString(hash[..Length]);
    }
}
