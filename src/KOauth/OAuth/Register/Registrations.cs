using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using KOauth.Clients;
using KOauth.Grants;
using KOauth.Protocol;

namespace KOauth.OAuth.Register;

/// <summary>
/// Stores a client that registered itself. An app that registers twice in one attempt, as some do, gets the same client again: the
/// same words from the same network within minutes, while nobody has used it. Only without a secret, since a second one would be
/// known to whoever registered the first.
/// </summary>
internal sealed class Registrations(ClientRegistry registry, ClientRoom room, SourceTags tags, Randomness randomness, TimeProvider clock)
{
    private const string Actor = "registration";

    private static readonly TimeSpan _attempt = TimeSpan.FromMinutes(10);

    public async Task<Outcome<RegisteredClient>> AddAsync(Client client, IPAddress? from, CancellationToken ct)
    {
        client.ClientId = GeneratedIds.Next(randomness);
        client.RegisteredFrom = tags.Of(from);
        client.Fingerprint = Fingerprint(client);
        if (client.IsPublic && await room.FindTwinAsync(client, clock.GetUtcNow() - _attempt, ct) is { } twin)
        {
            return new RegisteredClient(twin, null, []);
        }

        var outcome = await registry.RegisterAsync(client, Actor, ct);
        if (outcome.Ok(out _, out _))
        {
            await room.TakenAsync(ct);
        }

        return outcome;
    }

    private static byte[] Fingerprint(Client client) => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new object?[]
    {
        client.RegisteredFrom, client.Name, client.AuthMethod, client.RedirectUris, client.GrantTypes, client.Website, client.Logo,
        client.RequiresBoundTokens, client.RequiresPushedRequests,
    }));
}
