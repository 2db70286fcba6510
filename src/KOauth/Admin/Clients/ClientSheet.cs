using System.CommandLine;
using KOauth.Clients;
using KOauth.Data;

namespace KOauth.Admin.Clients;

/// <summary>Prints a client: what it may do, how it proves itself, and whether anybody uses it. Never a secret.</summary>
internal static class ClientSheet
{
    public static void PrintClient(this ParseResult command, ClientView client)
    {
        List<Fact> facts =
        [
            new("clientId", "Client ID", client.ClientId),
            new("name", "Name", client.Name),
            new("description", "Description", client.Description),
            new("origin", "Registered by", ClientFacts.Origin(client.Origin)),
            new("preset", "Preset", client.Preset),
            new("active", "Active", client.Active),
            new("trusted", "Trusted", client.Trusted ? "yes: no consent page" : "no"),
            new("authMethod", "Authentication", client.AuthMethod),
            new("secrets", "Secret", client.Secrets.Select(Secret).ToArray()),
            new("redirectUris", "Redirect URIs", client.RedirectUris.Select(RedirectUri).ToArray()),
            new("scopes", "Scopes", client.Scopes ?? ["all of its resources"]),
            new("resources", "Resources", client.Resources ?? ["all"]),
            new("grantTypes", "Grant types", client.GrantTypes),
            new("speaksFor", "Speaks for", client.SpeaksFor is { Count: > 0 } ? client.SpeaksFor : null),
            new("exchangeTargets", "May exchange tokens for", client.ExchangeTargets is { Count: > 0 } ? client.ExchangeTargets : null),
            new("requiresPushedRequests", "Requires PAR", client.RequiresPushedRequests ? "yes" : null),
            new("dpop", "DPoP", client.Dpop ? "required: only tokens bound to a key" : "as the client likes"),
            new("website", "Website", client.Website),
            new("logo", "Logo", client.Logo),
            new("createdAt", "Created", client.CreatedAt),
            new("lastUsedAt", "Last used", Sheet.Day(client.LastUsedAt)),
            new("liveConnections", "Live connections", client.LiveConnections),
        ];
        command.PrintFacts(facts.Where(f => f.Value is not null));
    }

    private static string Secret(SecretView secret) =>
        $"ends in {secret.LastFour}, made {Sheet.Day(secret.CreatedAt)}{(secret.ExpiresAt is { } end ? $", valid until {Sheet.Day(end)}" : "")}";

    /// <summary>A URI that a preset knows, but not as current, is shown with where that was learned and when.</summary>
    private static string RedirectUri(string uri) =>
        Presets.All.SelectMany(p => p.OtherRedirectUris).FirstOrDefault(o => o.Uri == uri) is { } other
            ? $"{uri} ({other.Note}; {other.Source}, {other.Checked:yyyy-MM-dd})"
            : uri;
}
