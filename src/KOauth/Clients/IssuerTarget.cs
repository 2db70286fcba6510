using KOauth.Protocol;

namespace KOauth.Clients;

/// <summary>
/// Another authorization server that a client may take assertions about people to, as it stands among
/// <see cref="Client.ExchangeTargets"/>: <c>issuer:URL</c>, or <c>issuer:URL=ID</c> when the client has another id there.
/// </summary>
internal sealed record IssuerTarget(string Issuer, string? ClientId)
{
    public const string Prefix = "issuer:";

    /// <summary>The target, or null for one that is a resource, or nothing.</summary>
    public static IssuerTarget? Read(string target)
    {
        if (!target.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        // An issuer has no query (RFC 8414 §2), so the first sign divides.
        var (issuer, id) = target[Prefix.Length..].Split('=', 2) is [var url, var rest] ? (url, rest) : (target[Prefix.Length..], null);
        return ResourceUri.Parse(issuer).Ok(out _, out _) && (id is null || ClientRules.CouldBeId(id)) ? new IssuerTarget(issuer, id) : null;
    }

    public static IEnumerable<IssuerTarget> Of(Client client) => (client.ExchangeTargets ?? []).Select(Read).OfType<IssuerTarget>();
}
