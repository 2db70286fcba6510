using System.Text.Json;
using KOauth.Clients;
using KOauth.Grants;
using KOauth.Protocol;
using KOauth.Resources;
using KOauth.Stories;

namespace KOauth.OAuth.Token;

/// <summary>
/// A person's token for one server becomes a token for another, for the first server alone to use. It stands on the same grant, so
/// that ending the connection ends it too; it may no more and lives no longer than what it was made from. Nothing is written.
/// </summary>
internal sealed class Delegation(OwnTokens tokens, ResourceDirectory resources, Access access)
{
    /// <summary>How many servers may stand behind one another; a longer chain is a loop.</summary>
    public const int MostActors = 4;

    public async Task<Outcome<Decision>> DecideAsync(string text, OAuthForm request, Client client, Story story, CancellationToken ct)
    {
        if (!(await tokens.CheckAsync(text, ct)).Ok(out var token, out var refusal))
        {
            return refusal with { Reason = Reasons.ExchangeSubjectInvalid };
        }

        if (token.Grant is not { } grant)
        {
            return new Refusal(Reasons.ExchangeSubjectInvalid) { Detail = "It is a service's own token: there is no person to act for." };
        }

        var all = await resources.AllAsync(ct);
        if (all.FirstOrDefault(r => r.TokenAudience == token.Audience) is not { } own || client.SpeaksFor?.Contains(own.Uri) != true)
        {
            return new Refusal(Reasons.ExchangeSubjectOfAnother)
            {
                Expected = string.Join(", ", client.SpeaksFor ?? []),
                Received = token.Audience,
                Fix = $"koauth client update {client.ClientId} --speaks-for {string.Join(',', [.. client.SpeaksFor ?? [], token.Audience])}",
            };
        }

        if (!Target(request, client, all).Ok(out var target, out refusal))
        {
            return refusal;
        }

        story.Resource = target.Uri;
        var audience = Audience.Of(target);
        if ((await access.CheckAsync(grant.UserId, Audience.Of(own), ct) ?? await access.CheckAsync(grant.UserId, audience, ct)) is { } notAllowed)
        {
            return notAllowed;
        }

        if (Actors(token.Actor) >= MostActors)
        {
            return new Refusal(Reasons.ExchangeChainTooLong) { Expected = $"at most {MostActors}" };
        }

        // Whoever stole it cannot use a bound token; what is made from it must not be easier to use.
        if (token.Thumbprint is not null && request.ProvedKey is null)
        {
            return new Refusal(Reasons.DpopProofMissing) { Detail = "The token to exchange is bound to a key, so the new one has to be bound, too: to a key of the server that asks." };
        }

        var scopes = ScopesOf(Audience.Of(own).Scopes.Intersect(token.Scopes), request, client, audience);
        if (scopes.Count == 0 && (target.Scopes.Count > 0 || request["scope"] is not null))
        {
            return new Refusal(Reasons.ScopeEmpty)
            {
                Expected = string.Join(' ', target.Scopes.Select(s => s.Name)),
                Received = request["scope"] ?? token.Scopes.ToString(),
                Detail = "Only scopes that the person's token has and the target knows by the same name can be passed on.",
            };
        }

        story.Continue(grant.Story); // not earlier: a server that asks wrongly is no trouble of the person's connection
        story.Tell(StoryEvents.TokenDelegated, "A server got a token for another one in the person's name", ("actor", client.ClientId), ("scopes", scopes.ToString()));
        return new DecidedGrant(grant, audience, scopes)
        {
            ExpiresAtMost = token.ExpiresAt,
            Actor = Act(client, token.Actor),
            IssuedTokenType = TokenExchangeGrant.AccessTokenType,
        };
    }

    /// <summary>The registered resource that is asked for, or the only one this client may exchange for.</summary>
    private static Outcome<Resource> Target(OAuthForm request, Client client, IReadOnlyList<Resource> all)
    {
        var allowed = all.Where(r => client.ExchangeTargets?.Contains(r.Uri) == true).ToList();
        if (request["audience"] is null && request.Resources.Count == 0 && allowed is [var only])
        {
            return only;
        }

        return request["audience"] is null
            && request.Resources is [var named]
            && ResourceUri.Parse(named).Ok(out var uri, out _)
            && allowed.Find(r => r.Canonical == uri.Canonical) is { } target
                ? target
                : new Refusal(Reasons.ExchangeTargetNotAllowed)
                {
                    Expected = $"resource, one of: {string.Join(", ", allowed.Select(r => r.Uri))}",
                    Received = string.Join(' ', request.Resources.Append(request["audience"])) is var words && words.Length > 300 ? words[..300] : words,
                };
    }

    /// <summary>Never more than the person's token, the target, the client and the request all allow; nothing of this server itself.</summary>
    private static ScopeSet ScopesOf(ScopeSet had, OAuthForm request, Client client, Audience audience)
    {
        var allowed = had.Intersect(audience.Scopes.Except(ScopeSet.Standard));
        allowed = client.Scopes is null ? allowed : allowed.Intersect(ScopeSet.Of(client.Scopes));
        return request["scope"] is { } asked ? allowed.Intersect(ScopeSet.Parse(asked)) : allowed;
    }

    private static Dictionary<string, object> Act(Client client, JsonElement? before)
    {
        var act = new Dictionary<string, object> { ["sub"] = client.ClientId };
        if (before is { } earlier)
        {
            act["act"] = earlier;
        }

        return act;
    }

    private static int Actors(JsonElement? actor)
    {
        var count = 0;
        while (actor is { ValueKind: JsonValueKind.Object } one)
        {
            count++;
            actor = one.TryGetProperty("act", out var before) ? before : null;
        }

        return count;
    }
}
