using KOauth.Protocol;
using KOauth.Resources;

namespace KOauth.Clients;

/// <summary>What must hold for a client that exchanges tokens (docs/decisions/0017-token-exchange.md).</summary>
internal static class ExchangeRules
{
    public static Refusal? Fault(Client client, IReadOnlyList<Resource> resources)
    {
        var own = client.SpeaksFor ?? [];
        var targets = client.ExchangeTargets ?? [];
        if (own.Count + targets.Count == 0)
        {
            return null;
        }

        if (client.IsPublic || client.IsSelfAsserted)
        {
            return Wrong(client.IsPublic
                ? "It is public: without a secret, anybody could exchange tokens in its name."
                : "It registered itself, so nobody vouches for it. Register it yourself.");
        }

        if (own.Count > ClientRules.MaxResources || targets.Count > ClientRules.MaxResources)
        {
            return Wrong($"At most {ClientRules.MaxResources} servers can be named.");
        }

        if (own.Find(uri => !resources.Any(r => r.Uri == uri)) is { } unknown)
        {
            return Unknown(unknown, "A client can speak for registered resources only.");
        }

        return targets.Find(uri => IssuerTarget.Read(uri) is null && !resources.Any(r => r.Uri == uri)) is { } stranger
            ? Unknown(stranger, $"Tokens are exchanged for registered resources, and for another server's issuer, written {IssuerTarget.Prefix}https://… (with =ID behind it when the client's id is another there)")
            : null;
    }

    private static Refusal Unknown(string uri, string detail) =>
        new(Reasons.ResourceUnknown) { Detail = detail, Received = uri, Fix = $"koauth resource register {uri}" };

    private static Refusal Wrong(string detail) => new(Reasons.ClientMetadataInvalid) { Detail = detail };
}
