using KOauth.Clients;
using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Resources;

namespace KOauth.Grants;

/// <summary>Decides whom a token is for (RFC 8707; the contract's words on <c>resource</c>).</summary>
internal sealed class Audiences(ResourceDirectory resources, KOauthSettings settings)
{
    /// <summary>The audience of a request: what it names, or what follows when it names nothing.</summary>
    public async ValueTask<Outcome<Audience>> ChooseAsync(
        Client client, IReadOnlyList<string> named, ScopeSet scopes, CancellationToken ct)
    {
        if (named.Count == 0)
        {
            return await ImpliedAsync(client, scopes, ct);
        }

        Resource? chosen = null;
        foreach (var text in named)
        {
            if (!ResourceUri.Parse(text).Ok(out var uri, out var refusal))
            {
                return refusal;
            }

            if (await resources.FindAsync(uri, ct) is not { } resource)
            {
                return new Refusal(Reasons.ResourceUnknown)
                {
                    Received = text,
                    Fix = $"koauth resource register {uri.Canonical}",
                };
            }

            if (chosen is not null && chosen.Key != resource.Key)
            {
                return new Refusal(Reasons.ResourceAmbiguous) { Received = string.Join(' ', named) };
            }

            chosen = resource;
        }

        return Allowed(client, chosen!);
    }

    /// <summary>The audience a code or a grant carries; null when the resource is gone, or is the client's no more.</summary>
    public async ValueTask<Audience?> FindAsync(int key, Client client, CancellationToken ct) => key switch
    {
        Audience.IssuerKey => Audience.OfIssuer(settings),
        Audience.DefaultKey => settings.Audience is { } audience ? Audience.OfDefault(audience, client) : null,
        _ => await resources.FindAsync(key, ct) is { } resource && Allowed(client, resource).Ok(out var audience, out _) ? audience : null,
    };

    /// <summary>Whether the resources a token request names are the one that was approved.</summary>
    public async ValueTask<bool> IsSameAsync(IReadOnlyList<string> named, Audience audience, CancellationToken ct)
    {
        foreach (var text in named)
        {
            if (!ResourceUri.Parse(text).Ok(out var uri, out _)
                || await resources.FindAsync(uri, ct) is not { } resource
                || resource.Key != audience.Key)
            {
                return false;
            }
        }

        return true;
    }

    private async ValueTask<Outcome<Audience>> ImpliedAsync(Client client, ScopeSet scopes, CancellationToken ct)
    {
        var all = await resources.AllAsync(ct);
        var own = client.Resources is null ? [] : all.Where(r => client.Resources.Contains(r.Uri)).ToList();
        if (own.Count == 1)
        {
            return Audience.Of(own[0]);
        }

        if (client.Resources is null && all.Count == 1)
        {
            return Audience.Of(all[0]);
        }

        if (settings.Audience is { } audience && !client.IsSelfAsserted)
        {
            return all.FirstOrDefault(r => r.TokenAudience == audience) is { } resource
                ? Allowed(client, resource)
                : Audience.OfDefault(audience, client);
        }

        if (scopes.Contains(ScopeSet.OpenId))
        {
            return Audience.OfIssuer(settings);
        }

        return new Refusal(Reasons.ResourceMissing)
        {
            Expected = all.Count == 0 ? "a registered resource; there is none yet" : string.Join(", ", all.Select(r => r.Uri)),
            Fix = all.Count == 0
                ? "koauth resource register https://your-mcp-server.example/mcp"
                : $"koauth client update {client.ClientId} --resources {all[0].Uri}",
        };
    }

    private static Outcome<Audience> Allowed(Client client, Resource resource) =>
        client.Resources is null || client.Resources.Contains(resource.Uri)
            ? Audience.Of(resource)
            : new Refusal(Reasons.ResourceNotForClient)
            {
                Expected = string.Join(", ", client.Resources),
                Received = resource.Uri,
                Fix = $"koauth client update {client.ClientId} --resources {string.Join(',', [.. client.Resources, resource.Uri])}",
            };
}
