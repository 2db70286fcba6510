using KOauth.Data;
using KOauth.Hosting;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Resources;

/// <summary>The one way to register, change and delete a resource, whoever asks; the change and its audit row are one transaction.</summary>
internal sealed class ResourceRegistry(IDbContextFactory<KOauthDb> databases, KOauthSettings settings, Randomness randomness, TimeProvider clock)
{
    public async Task<Outcome<Resource>> RegisterAsync(string uri, ResourceChange wanted, string actor, CancellationToken ct)
    {
        if (!ResourceUri.Parse(uri).Ok(out var parsed, out var refusal))
        {
            return refusal;
        }

        var now = clock.GetUtcNow();
        var resource = new Resource { Uri = parsed.Value, Canonical = parsed.Canonical, Name = parsed.Host, CreatedAt = now };
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        if (await FaultAsync(db, resource, wanted, ct) is { } fault)
        {
            return fault;
        }

        db.Resources.Add(resource);
        db.AddAudit(actor, "resource.registered", Target(resource), FactChange.ToJson(FactChange.AllNew(ResourceFacts.Of(resource))), now);
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        return resource;
    }

    /// <summary>Changes it, or says why not. A change that changes nothing writes nothing.</summary>
    public async Task<Outcome<ChangedResource>> ChangeAsync(ResourceUri uri, ResourceChange change, string actor, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        var resource = await db.Resources.SingleOrDefaultAsync(r => r.Canonical == uri.Canonical, ct);
        if (resource is null)
        {
            return Reasons.ResourceUnknown;
        }

        var before = ResourceFacts.Of(resource);
        if (await FaultAsync(db, resource, change, ct) is { } fault)
        {
            return fault;
        }

        var changes = FactChange.Between(before, ResourceFacts.Of(resource));
        if (changes.Count > 0)
        {
            db.AddAudit(actor, "resource.updated", Target(resource), FactChange.ToJson(changes), clock.GetUtcNow());
            await db.SaveChangesAsync(ct);
            await write.CommitAsync(ct);
        }

        return new ChangedResource(resource, changes);
    }

    /// <summary>Gives its server a new secret, and an id the first time; the current secret stays valid for the overlap, one before ends.</summary>
    public async Task<Outcome<ResourceCredential>> RotateSecretAsync(ResourceUri uri, TimeSpan overlap, string actor, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        var resource = await db.Resources.SingleOrDefaultAsync(r => r.Canonical == uri.Canonical, ct);
        if (resource is null)
        {
            return Reasons.ResourceUnknown;
        }

        var now = clock.GetUtcNow();
        var (secret, stored) = ResourceSecrets.Make(randomness, now);
        var current = resource.Secrets.Where(s => s.ExpiresAt is null && overlap > TimeSpan.Zero);
        resource.Secrets = [stored, .. current.Select(s => s with { ExpiresAt = now + overlap })];
        resource.CredentialId ??= ResourceSecrets.NewId(randomness);
        db.AddAudit(actor, "resource.secret_rotated", Target(resource), null, now);
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        return new ResourceCredential(resource.CredentialId, secret, resource.Secrets.ElementAtOrDefault(1)?.ExpiresAt);
    }

    /// <summary>Deletes it, ends its grants at once, and takes it off the lists of clients; null when there is no such resource.</summary>
    public async Task<DeletedResource?> DeleteAsync(ResourceUri uri, string actor, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        var resource = await db.Resources.SingleOrDefaultAsync(r => r.Canonical == uri.Canonical, ct);
        if (resource is null)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        await db.TellEndedAsync(g => g.ResourceKey == resource.Key, now, ct);
        await db.Grants.Where(g => g.ResourceKey == resource.Key && g.EndedAt == null)
            .ExecuteUpdateAsync(g => g.SetProperty(x => x.EndedAt, now).SetProperty(x => x.EndedBy, "resource deleted"), ct);
        await db.Consents.Where(c => c.ResourceKey == resource.Key).ExecuteDeleteAsync(ct);
        await db.ApiKeys.Where(k => k.ResourceKey == resource.Key).ExecuteDeleteAsync(ct);

        // An emptied list stays a list: nothing is allowed. Null would mean everything.
        await ForgetExchangesAsync(db, resource, actor, now, ct);
        var limited = (await db.Clients.Where(c => c.Resources != null).ToListAsync(ct)).Where(c => c.Resources!.Contains(resource.Uri)).ToList();
        foreach (var client in limited)
        {
            var left = client.Resources!.Where(r => r != resource.Uri).ToList();
            db.AddAudit(actor, "client.updated", $"client:{client.ClientId}",
                FactChange.ToJson([new FactChange("resources", "Resources", client.Resources, left)]), now);
            client.Resources = left;
        }

        db.Resources.Remove(resource);
        db.AddAudit(actor, "resource.deleted", Target(resource), FactChange.ToJson(FactChange.AllNew(ResourceFacts.Of(resource))), now);
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
        return new DeletedResource(resource, [.. limited.Select(c => c.ClientId)]);
    }

    /// <summary>Nobody speaks for it or exchanges tokens for it any more, also when the URL is registered again, by whomever.</summary>
    private static async Task ForgetExchangesAsync(KOauthDb db, Resource resource, string actor, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var client in await db.Clients.Where(c => c.SpeaksFor != null || c.ExchangeTargets != null).ToListAsync(ct))
        {
            FactChange[] changes = [
                new("speaksFor", "Speaks for", client.SpeaksFor, Without(client.SpeaksFor)),
                new("exchangeTargets", "May exchange tokens for", client.ExchangeTargets, Without(client.ExchangeTargets)),
            ];
            changes = [.. changes.Where(c => !ReferenceEquals(c.Old, c.New))];
            if (changes.Length > 0)
            {
                (client.SpeaksFor, client.ExchangeTargets) = (Without(client.SpeaksFor), Without(client.ExchangeTargets));
                db.AddAudit(actor, "client.updated", $"client:{client.ClientId}", FactChange.ToJson(changes), now);
            }
        }

        List<string>? Without(List<string>? uris) => uris?.Contains(resource.Uri) == true ? [.. uris.Where(u => u != resource.Uri)] : uris;
    }

    /// <summary>Applies the change and judges the outcome.</summary>
    private async Task<Refusal?> FaultAsync(KOauthDb db, Resource resource, ResourceChange change, CancellationToken ct)
    {
        change.ApplyTo(resource);
        if (change.Unknown(resource) is { } unknown)
        {
            return new Refusal(Reasons.ResourceInvalid) { Detail = "The resource has no such scope.", Received = unknown };
        }

        var others = await db.Resources.AsNoTracking().Where(r => r.Key != resource.Key).ToListAsync(ct);
        return ResourceRules.Fault(resource, others, settings.Issuer);
    }

    private static string Target(Resource resource) => $"resource:{resource.Uri}";
}

/// <param name="Id">What its server names itself by.</param>
/// <param name="Secret">In clear, this once.</param>
/// <param name="PreviousUntil">How long the secret before stays valid; null when it does not.</param>
internal sealed record ResourceCredential(string Id, string Secret, DateTimeOffset? PreviousUntil);

internal sealed record ChangedResource(Resource Resource, IReadOnlyList<FactChange> Changes);

/// <param name="Resource">As it was.</param>
/// <param name="Clients">The clients that were limited to it, among others or alone.</param>
internal sealed record DeletedResource(Resource Resource, IReadOnlyList<string> Clients);
