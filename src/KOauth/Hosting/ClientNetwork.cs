using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KOauth.Hosting;

/// <summary>
/// The network a request is counted under. An IPv4 address is one; of IPv6 the first 64 bits, because whoever has one such
/// address has them all (CVE-2026-45364); an IPv4 address written as IPv6 is the IPv4 address.
/// </summary>
internal static class ClientNetwork
{
    public static IPAddress? Address(HttpContext http) =>
        http.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : http.Connection.RemoteIpAddress;

    /// <summary>
    /// The network, or null when nobody can tell: a proxy that is not configured as trusted stands between, and everybody behind
    /// it would share one count.
    /// </summary>
    public static string? Of(HttpContext http, KOauthSettings settings)
    {
        if (Address(http) is not { } address || IsUnknownProxy(http, address, settings))
        {
            return null;
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address.ToString();
        }

        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return string.Create(CultureInfo.InvariantCulture, $"{new IPAddress(bytes)}/64");
    }

    /// <summary>
    /// Looks at the peer itself, before a trusted proxy's word replaces its address: afterwards a header that a client made up may be
    /// left over, and a client of the same network would pass for a proxy.
    /// </summary>
    public static bool JudgePeer(HttpContext http, KOauthSettings settings)
    {
        var isUnknownProxy = Address(http) is { } peer && IsUnknownProxy(http, peer, settings);
        http.Items[typeof(ClientNetwork)] = isUnknownProxy;
        return isUnknownProxy;
    }

    /// <summary>A neighbour that passes on somebody's request, and nobody said that it may be believed.</summary>
    private static bool IsUnknownProxy(HttpContext http, IPAddress peer, KOauthSettings settings) =>
        http.Items.TryGetValue(typeof(ClientNetwork), out var judged)
            ? judged is true
            : http.Request.Headers.ContainsKey("X-Forwarded-For") && IsNear(peer) && !settings.TrustedProxies.Any(network => network.Contains(peer));

    private static bool IsNear(IPAddress address)
    {
        if (IPAddress.IsLoopback(address))
        {
            return true;
        }

        var bytes = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? bytes[0] == 10 || (bytes[0] == 172 && bytes[1] is >= 16 and <= 31) || (bytes[0] == 192 && bytes[1] == 168)
                || (bytes[0] == 100 && bytes[1] is >= 64 and <= 127) // RFC 6598: what some hosts put between their balancer and a container
                || (bytes[0] == 169 && bytes[1] == 254)
            : address.IsIPv6LinkLocal || (bytes[0] & 0xFE) == 0xFC;
    }
}
