using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using KOauth.Keys;

namespace KOauth.Grants;

/// <summary>
/// Tells whether two requests came from the same network, without keeping an address: a keyed hash of the IPv4 /24 or the
/// IPv6 /56 (what one household or office has).
/// </summary>
internal sealed class SourceTags(KeyRing ring)
{
    private const byte Unknown = 0;
    private const byte IPv4 = 4;
    private const byte IPv6 = 6;

    /// <summary>The tag of an address' network; requests whose address is unknown share one of their own.</summary>
    public long Of(IPAddress? address)
    {
        Span<byte> network = stackalloc byte[1 + 16];
        network = network[..Write(address, network)];
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(ring.Keys.Tag, network, hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }

    private static int Write(IPAddress? address, Span<byte> network)
    {
        network[0] = Unknown;
        if (address is null)
        {
            return 1;
        }

        // ::ffff:192.0.2.7 is 192.0.2.7 seen through a socket of both families.
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        plain.TryWriteBytes(network[1..], out _);
        (network[0], var prefix) = plain.AddressFamily == AddressFamily.InterNetwork ? (IPv4, 24 / 8) : (IPv6, 56 / 8);
        return 1 + prefix;
    }
}
