using KOauth.Clients;
using KOauth.Data;
using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Grants;

/// <summary>
/// A client that was told "insufficient scope" comes back for more. Some name all they need, some only what is missing; whoever got just
/// the latter would lose what it had, and be sent back and forth. So a request for something new is for the union with what the client
/// has of that person there; a request for no more than that is taken as it is. See docs/decisions/0016-step-up.md.
/// </summary>
internal sealed class StepUp(IDbContextFactory<KOauthDb> databases, KOauthSettings settings, TimeProvider clock)
{
    /// <summary>What would be granted, and what of it the client has already.</summary>
    public async ValueTask<Wish> WishAsync(FlowTicket ticket, Client client, Audience audience, SignedIn person, CancellationToken ct)
    {
        var asked = ScopeSet.Parse(ticket.Scopes);
        if (ticket.Device is not null || audience.Resource is null)
        {
            return new Wish(asked, ScopeSet.Empty);
        }

        var has = await HasAsync(client, audience, person, ct);
        var isForMore = asked.Except(has).Except(ScopeSet.Standard).Count > 0;
        var allowed = client.Scopes is null ? audience.Scopes : audience.Scopes.Intersect(ScopeSet.Of(client.Scopes));
        var kept = has.Except(ScopeSet.Standard).Intersect(allowed);
        return new Wish(isForMore ? asked.Union(kept) : asked, has);
    }

    /// <summary>The scopes of the client's live connections; a person may have several, on several devices.</summary>
    private async Task<ScopeSet> HasAsync(Client client, Audience audience, SignedIn person, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        var scopes = await LiveGrants.In(db, settings, now)
            .Where(g => g.UserId == person.UserId && g.ClientKey == client.Key && g.ResourceKey == audience.Key)
            .Select(g => g.Scopes).Distinct().Take(100).ToListAsync(ct);
        return scopes.Select(ScopeSet.Parse).Aggregate(ScopeSet.Empty, (all, some) => all.Union(some));
    }
}

/// <param name="Scopes">What the person is asked for.</param>
/// <param name="Has">What the client has already; what is not in it is new.</param>
internal sealed record Wish(ScopeSet Scopes, ScopeSet Has);
