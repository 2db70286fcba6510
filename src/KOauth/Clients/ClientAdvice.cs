using KOauth.Protocol;
using KOauth.Resources;

namespace KOauth.Clients;

/// <summary>
/// What is allowed but will probably not work, each with the command that mends it. Advice never refuses: the owner may know
/// better than a preset.
/// </summary>
internal sealed record ClientAdvice(string Message, string Fix)
{
    public static IReadOnlyList<ClientAdvice> For(Client client, IReadOnlyList<Resource> resources) =>
        [.. OfRedirectUris(client), .. OfScopes(client, resources), .. OfExchanges(client, resources)];

    /// <summary>
    /// A redirect URI on the host of a known client, but none of those that this client is known to use: a guide was out of date,
    /// or a letter slipped.
    /// </summary>
    private static IEnumerable<ClientAdvice> OfRedirectUris(Client client)
    {
        var registered = client.RedirectUris
            .Select(text => RedirectUri.Parse(text).Ok(out var uri, out _) ? uri : null)
            .OfType<RedirectUri>().ToList();
        foreach (var preset in Presets.All)
        {
            var known = Parsed(preset.RedirectUris).Where(u => u.IsHttps).ToList();
            var pattern = preset.RedirectUriPattern?.Split('{')[0];
            var near = registered.Find(r => r.IsHttps && known.Exists(k => k.Host == r.Host));
            var fits = registered.Exists(r => Parsed(preset.RedirectUris).Any(k => k.Matches(r))
                || (pattern is not null && r.Value.StartsWith(pattern, StringComparison.Ordinal)));
            if (near is not null && !fits)
            {
                yield return new ClientAdvice(
                    $"{preset.Name} is known to use another redirect URI than {near.Value}: {known[0].Value} ({preset.Source}, {preset.Checked:yyyy-MM-dd}). Add it:",
                    $"koauth client update {client.ClientId} {string.Join(' ', known.Select(k => $"--add-redirect-uri {k.Value}"))}");
            }
        }
    }

    private static IEnumerable<ClientAdvice> OfScopes(Client client, IReadOnlyList<Resource> resources)
    {
        var known = ScopeSet.Of(ScopeSet.Standard.Concat(resources.SelectMany(r => r.Scopes).Select(s => s.Name)));
        return (client.Scopes ?? []).Where(s => !known.Contains(s)).Select(scope => new ClientAdvice(
            $"No registered resource has the scope {scope}, so it is never granted. Give it to the resource:",
            $"koauth resource update {(resources.Count == 1 ? resources[0].Uri : "URL")} --add-scope {scope}"));
    }

    /// <summary>A scope is passed on under its own name, so two servers that share none can exchange nothing.</summary>
    private static IEnumerable<ClientAdvice> OfExchanges(Client client, IReadOnlyList<Resource> resources)
    {
        var passed = ScopesOf(client.SpeaksFor);
        return resources.Where(r => client.ExchangeTargets?.Contains(r.Uri) == true && r.Scopes.Count > 0 && !r.Scopes.Exists(s => passed.Contains(s.Name)))
            .Select(target => new ClientAdvice(
                $"{target.Uri} shares no scope with {string.Join(", ", client.SpeaksFor ?? ["any server it speaks for"])}, so no token is exchanged for it. Give one of its scopes to the other, so that people are asked for it:",
                $"koauth resource update {client.SpeaksFor?.FirstOrDefault() ?? "URL"} --add-scope {target.Scopes[0].Name}"));

        HashSet<string> ScopesOf(List<string>? uris) => [.. resources.Where(r => uris?.Contains(r.Uri) == true).SelectMany(r => r.Scopes).Select(s => s.Name)];
    }

    private static IEnumerable<RedirectUri> Parsed(IEnumerable<string> texts) =>
        texts.Select(text => RedirectUri.Parse(text).Ok(out var uri, out _) ? uri : null).OfType<RedirectUri>();
}
