using KOauth.Data;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Clients;

/// <summary>
/// The one way to register, change and delete a client, whoever asks: <see cref="ClientRules"/> judges the outcome, and the
/// change and its audit row are one transaction. Read and written under one write lock, so that two changes at once both stay.
/// </summary>
internal sealed class ClientRegistry(IDbContextFactory<KOauthDb> databases, TimeProvider clock, Randomness randomness)
{
    /// <summary>Registers it; a client that has a secret gets one, and the answer is the only place where it is seen.</summary>
    public async Task<Outcome<RegisteredClient>> RegisterAsync(Client client, string actor, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        client.CreatedAt = now;
        string? secret = null;
        if (client.HasSecret)
        {
            (secret, var stored) = ClientSecrets.Make(randomness, now);
            client.Secrets = [stored];
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        var resources = await db.Resources.AsNoTracking().ToListAsync(ct);
        if (ClientRules.Fault(client, resources) is { } fault)
        {
            return fault;
        }

        if (await db.Clients.AnyAsync(c => c.ClientId == client.ClientId, ct))
        {
            return new Refusal(Reasons.ClientIdTaken)
            {
                Received = client.ClientId,
                Detail = $"There is a client '{client.ClientId}' already.",
                Fix = $"koauth client show {client.ClientId}",
            };
        }

        db.Clients.Add(client);
        if (!client.IsSelfAsserted) // those leave a story, which a flood cannot make grow for ever
        {
            db.AddAudit(actor, "client.registered", Target(client), FactChange.ToJson(FactChange.AllNew(ClientFacts.Of(client))), now);
        }

        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        return new RegisteredClient(client, secret, ClientAdvice.For(client, resources));
    }

    /// <summary>Changes it, or says why not. A change that changes nothing writes nothing.</summary>
    public async Task<Outcome<ChangedClient>> ChangeAsync(string clientId, ClientChange change, string actor, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        var client = await db.Clients.SingleOrDefaultAsync(c => c.ClientId == clientId, ct);
        if (client is null)
        {
            return Reasons.ClientUnknown;
        }

        var resources = await db.Resources.AsNoTracking().ToListAsync(ct);
        var before = ClientFacts.Of(client);
        change.ApplyTo(client, resources);
        if (ClientRules.Fault(client, resources) is { } fault)
        {
            return fault;
        }

        var changes = FactChange.Between(before, ClientFacts.Of(client));
        if (changes.Count > 0)
        {
            db.AddAudit(actor, "client.updated", Target(client), FactChange.ToJson(changes), clock.GetUtcNow());
            await db.SaveChangesAsync(ct);
            await write.CommitAsync(ct);
        }

        return new ChangedClient(client, changes, ClientAdvice.For(client, resources));
    }

    /// <summary>Gives it a new secret; the current one stays valid for the overlap, one before that ends.</summary>
    public async Task<Outcome<RegisteredClient>> RotateSecretAsync(string clientId, TimeSpan overlap, string actor, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        var client = await db.Clients.SingleOrDefaultAsync(c => c.ClientId == clientId, ct);
        if (client is null)
        {
            return Reasons.ClientUnknown;
        }

        if (!client.HasSecret)
        {
            return new Refusal(Reasons.ClientMetadataInvalid) { Detail = $"A client with the method {client.AuthMethod} has no secret." };
        }

        var now = clock.GetUtcNow();
        var (secret, stored) = ClientSecrets.Make(randomness, now);
        var current = client.Secrets.Where(s => s.ExpiresAt is null && overlap > TimeSpan.Zero);
        client.Secrets = [stored, .. current.Select(s => s with { ExpiresAt = now + overlap })];
        db.AddAudit(actor, "client.secret_rotated", Target(client), null, now);
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        return new RegisteredClient(client, secret, []);
    }

    /// <summary>Deletes it and ends its grants at once; false when there is no such client.</summary>
    public async Task<bool> DeleteAsync(string clientId, string actor, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        var client = await db.Clients.SingleOrDefaultAsync(c => c.ClientId == clientId, ct);
        if (client is null)
        {
            return false;
        }

        // Without its row no code is redeemed and nothing refreshed; the grants end, too, so that resource servers hear of it.
        var now = clock.GetUtcNow();
        await db.TellEndedAsync(g => g.ClientKey == client.Key, now, ct);
        await db.Grants.Where(g => g.ClientKey == client.Key && g.EndedAt == null)
            .ExecuteUpdateAsync(g => g.SetProperty(x => x.EndedAt, now).SetProperty(x => x.EndedBy, "client deleted"), ct);
        await db.Consents.Where(c => c.ClientKey == client.Key).ExecuteDeleteAsync(ct);
        await db.Links.Where(l => l.ClientKey == client.Key).ExecuteDeleteAsync(ct);
        db.Clients.Remove(client);
        db.AddAudit(actor, "client.deleted", Target(client), FactChange.ToJson(FactChange.AllNew(ClientFacts.Of(client))), now);
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        return true;
    }

    private static string Target(Client client) => $"client:{client.ClientId}";
}

/// <param name="Client">As stored.</param>
/// <param name="Secret">In clear, this once; null for clients without one.</param>
/// <param name="Advice">What will probably not work.</param>
internal sealed record RegisteredClient(Client Client, string? Secret, IReadOnlyList<ClientAdvice> Advice);

internal sealed record ChangedClient(Client Client, IReadOnlyList<FactChange> Changes, IReadOnlyList<ClientAdvice> Advice);
