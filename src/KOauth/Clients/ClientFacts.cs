using KOauth.Data;

namespace KOauth.Clients;

/// <summary>What may be told of a client: in the audit log, in a terminal, on a page. Secrets are not among it.</summary>
internal static class ClientFacts
{
    public static IReadOnlyList<Fact> Of(Client client) =>
    [
        new("name", "Name", client.Name),
        new("origin", "Registered by", Origin(client.Origin)),
        new("preset", "Preset", client.Preset),
        new("active", "Active", client.Active),
        new("trusted", "Trusted", client.Trusted),
        new("authMethod", "Authentication", client.AuthMethod),
        new("redirectUris", "Redirect URIs", client.RedirectUris.ToArray()),
        new("scopes", "Scopes", client.Scopes?.ToArray()),
        new("resources", "Resources", client.Resources?.ToArray()),
        new("grantTypes", "Grant types", client.GrantTypes.ToArray()),
        new("speaksFor", "Speaks for", client.SpeaksFor?.ToArray()),
        new("exchangeTargets", "May exchange tokens for", client.ExchangeTargets?.ToArray()),
        new("requiresPushedRequests", "Requires PAR", client.RequiresPushedRequests),
        new("dpop", "Tokens bound to a key only", client.RequiresBoundTokens),
        new("description", "Description", client.Description),
        new("website", "Website", client.Website),
        new("logo", "Logo", client.Logo),
    ];

    public static string Origin(ClientOrigin origin) => origin switch
    {
        ClientOrigin.Registration => "itself",
        ClientOrigin.MetadataDocument => "its metadata document",
        _ => "an administrator",
    };
}
