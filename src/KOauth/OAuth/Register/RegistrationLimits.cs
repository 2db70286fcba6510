using System.Net;
using KOauth.Clients;
using KOauth.Hosting;
using KOauth.Protocol;

namespace KOauth.OAuth.Register;

/// <summary>
/// How many registrations one network may make. Hosted clients register for all their people from few addresses, so the networks
/// they publish have a larger count of their own. What comes through a proxy that nobody vouched for has only the count of all.
/// </summary>
internal sealed class RegistrationLimits(KOauthSettings settings, TimeProvider clock)
{
    private static readonly IReadOnlyList<IPNetwork> _hosted =
        [.. Presets.All.SelectMany(p => p.Networks).Distinct(StringComparer.Ordinal).Select(IPNetwork.Parse)];

    private readonly Buckets _networks = new(burst: 30, refill: TimeSpan.FromSeconds(6), clock);
    private readonly Buckets _hostedNetworks = new(burst: 600, refill: TimeSpan.FromMilliseconds(100), clock);
    private readonly Buckets _all = new(burst: 2_000, refill: TimeSpan.FromMilliseconds(20), clock);

    /// <summary>Why this registration must wait, and how long; null when it may go on.</summary>
    public (Refusal Refusal, TimeSpan RetryAfter)? WhyNot(HttpContext http)
    {
        var network = ClientNetwork.Of(http, settings);
        var wait = network is null ? TimeSpan.Zero : HostedNetwork(http) is { } hosted ? _hostedNetworks.Take(hosted) : _networks.Take(network);
        if (wait == TimeSpan.Zero)
        {
            wait = _all.Take("");
        }

        return wait == TimeSpan.Zero ? null : (new Refusal(Reasons.RegistrationsTooMany) { Received = network ?? "all networks together" }, wait);
    }

    private static string? HostedNetwork(HttpContext http) =>
        ClientNetwork.Address(http) is { } address && _hosted.FirstOrDefault(n => n.Contains(address)) is { PrefixLength: > 0 } network
            ? network.ToString()
            : null;
}
