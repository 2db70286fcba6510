using KOauth.Clients;
using KOauth.Data;
using KOauth.Hosting;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Admin.Clients;

/// <summary>A client as the command line and the API show it. Of a secret there is only what tells it from another.</summary>
internal sealed record ClientView(
    string ClientId,
    string Name,
    ClientOrigin Origin,
    string? Preset,
    bool Active,
    bool Trusted,
    string AuthMethod,
    IReadOnlyList<string> RedirectUris,
    IReadOnlyList<string>? Scopes,
    IReadOnlyList<string>? Resources,
    IReadOnlyList<string> GrantTypes,
    IReadOnlyList<string>? SpeaksFor,
    IReadOnlyList<string>? ExchangeTargets,
    bool RequiresPushedRequests,
    bool Dpop,
    string? Description,
    string? Website,
    string? Logo,
    IReadOnlyList<SecretView> Secrets,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastUsedAt,
    int LiveConnections)
{
    public static ClientView Of(Client client, DateTimeOffset? lastUsedAt = null, int liveConnections = 0) => new(
        client.ClientId,
        client.Name,
        client.Origin,
        client.Preset,
        client.Active,
        client.Trusted,
        client.AuthMethod,
        client.RedirectUris,
        client.Scopes,
        client.Resources,
        client.GrantTypes,
        client.SpeaksFor,
        client.ExchangeTargets,
        client.RequiresPushedRequests,
        client.RequiresBoundTokens,
        client.Description,
        client.Website,
        client.Logo,
        [.. client.Secrets.Select(s => new SecretView(s.LastFour, s.CreatedAt, s.ExpiresAt))],
        client.CreatedAt,
        lastUsedAt ?? client.LastUsedAt,
        liveConnections);

    public static async Task<ClientView?> FindAsync(KOauthDb db, string clientId, KOauthSettings settings, DateTimeOffset now, CancellationToken ct)
    {
        var client = await db.Clients.AsNoTracking().SingleOrDefaultAsync(c => c.ClientId == clientId, ct);
        if (client is null)
        {
            return null;
        }

        var lastUsedAt = await db.Grants.Where(g => g.ClientKey == client.Key).MaxAsync(g => (DateTimeOffset?)g.LastUsedAt, ct);
        var live = await Admin.LiveConnections.In(db, settings, now).CountAsync(g => g.ClientKey == client.Key, ct);
        return Of(client, Later(client.LastUsedAt, lastUsedAt), live);
    }

    public static DateTimeOffset? Later(DateTimeOffset? a, DateTimeOffset? b) => a is null || b > a ? b : a;
}

internal sealed record SecretView(string LastFour, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);
