using KOauth.Protocol;

namespace KOauth.Resources;

/// <summary>Every rule a resource obeys, judged as it would be stored, for registering and changing alike.</summary>
internal static class ResourceRules
{
    public const int MaxAudienceLength = 1024;
    public const int MaxNameLength = 100;
    public const int MaxScopes = 200;
    public const int MaxDescriptionLength = 200;

    /// <summary>The first rule that the resource breaks, with a sentence in <see cref="Refusal.Detail"/>, or null.</summary>
    public static Refusal? Fault(Resource resource, IReadOnlyList<Resource> others, IssuerUri issuer) =>
        UriFault(resource, others, issuer) ?? AudienceFault(resource, others, issuer) ?? TextFault(resource) ?? ScopeFault(resource);

    /// <summary>The spelling that was registered for what somebody wrote; the text itself when there is none.</summary>
    public static string AsRegistered(string text, IReadOnlyList<Resource> resources) =>
        ResourceUri.Parse(text).Ok(out var uri, out _) && resources.FirstOrDefault(r => r.Canonical == uri.Canonical) is { } resource
            ? resource.Uri
            : text;

    private static Refusal? UriFault(Resource resource, IReadOnlyList<Resource> others, IssuerUri issuer)
    {
        if (!ResourceUri.Parse(resource.Uri).Ok(out var uri, out var refusal))
        {
            return refusal;
        }

        // The issuer is the audience of tokens for userinfo: a resource of that name could be handed one.
        if (ResourceUri.Parse(issuer.Value).Ok(out var own, out _) && own.Canonical == uri.Canonical)
        {
            return new Refusal(Reasons.ResourceInvalid)
            {
                Detail = "It is the address of this sign-in server itself. Register the address of the MCP server.",
                Received = resource.Uri,
            };
        }

        return others.FirstOrDefault(r => r.Canonical == uri.Canonical) is { } taken
            ? new Refusal(Reasons.ResourceTaken)
            {
                Detail = $"The resource {taken.Uri} is registered already.",
                Received = resource.Uri,
                Fix = $"koauth resource show {taken.Uri}",
            }
            : null;
    }

    /// <summary>Two servers of one audience would accept each other's tokens.</summary>
    private static Refusal? AudienceFault(Resource resource, IReadOnlyList<Resource> others, IssuerUri issuer)
    {
        var audience = resource.TokenAudience;
        if (audience.Length is 0 or > MaxAudienceLength || audience.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return new Refusal(Reasons.ResourceInvalid)
            {
                Detail = $"An audience is 1 to {MaxAudienceLength} printable characters without spaces.",
                Received = audience.Length <= 100 ? audience : $"{audience[..100]}…",
            };
        }

        var taken = others.FirstOrDefault(r => r.TokenAudience == audience)?.Uri ?? (audience == issuer.Value ? "this sign-in server itself" : null);
        return taken is null
            ? null
            : new Refusal(Reasons.ResourceTaken) { Detail = $"The audience belongs to {taken}; each would accept the other's tokens.", Received = audience };
    }

    private static Refusal? TextFault(Resource resource)
    {
        if (!IsReadable(resource.Name, MaxNameLength))
        {
            return new Refusal(Reasons.ResourceInvalid) { Detail = $"A name is 1 to {MaxNameLength} characters that can be seen." };
        }

        return resource.Scopes.Find(s => s.Description is { } text && !IsReadable(text, MaxDescriptionLength)) is { } odd
            ? new Refusal(Reasons.ResourceInvalid)
            {
                Detail = $"A description of a scope is 1 to {MaxDescriptionLength} characters that can be seen.",
                Received = odd.Name,
            }
            : null;
    }

    private static Refusal? ScopeFault(Resource resource)
    {
        if (resource.Scopes.Count > MaxScopes)
        {
            return new Refusal(Reasons.ResourceInvalid) { Detail = $"There are {resource.Scopes.Count} scopes; {MaxScopes} are allowed." };
        }

        foreach (var scope in resource.Scopes)
        {
            if (!ScopeSet.IsScopeToken(scope.Name))
            {
                return Wrong("A scope is 1 to 128 printable characters without spaces, quotes and backslashes.", scope.Name);
            }

            // openid at a resource would change what a consent to sign-in means.
            if (ScopeSet.Standard.Contains(scope.Name))
            {
                return Wrong($"{scope.Name} is a scope of the sign-in server itself; every client may ask for it without.", scope.Name);
            }
        }

        return resource.Scopes.GroupBy(s => s.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? Wrong("The scope is named twice.", twice.Key)
            : null;
    }

    private static bool IsReadable(string text, int longest) =>
        text.Length <= longest && !string.IsNullOrWhiteSpace(text) && text == text.Trim() && ReadableText.Is(text);

    private static Refusal Wrong(string detail, string received) => new(Reasons.ResourceInvalid) { Detail = detail, Received = received };
}
