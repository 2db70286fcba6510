using KOauth.Protocol;
using KOauth.Resources;

namespace KOauth.Clients;

/// <summary>
/// Every rule a client obeys, in one place. It judges the client as it would be stored, never the request that leads there, so
/// that whoever registers or changes a client (command line, page, API, dynamic registration) meets the same rules: update paths
/// that forgot a rule of the create path are a whole family of vulnerabilities.
/// </summary>
internal static class ClientRules
{
    public const int MaxIdLength = 128;
    public const int MaxDocumentUrlLength = 2048;
    public const int MaxRedirectUris = 64;
    public const int MaxScopes = 200;
    public const int MaxResources = 200;

    public static readonly IReadOnlyList<string> AuthMethods =
        ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];

    /// <summary>What comes typed into the wrong field: the shapes of secrets, refresh tokens and API keys.</summary>
    private static readonly string[] _secretShapes = ["kos_", "kor_", "koa_"];

    /// <summary>The first rule that the client breaks, with a sentence in <see cref="Refusal.Detail"/>, or null.</summary>
    public static Refusal? Fault(Client client, IReadOnlyList<Resource> resources) =>
        IdFault(client)
        ?? ClientTexts.Fault(client)
        ?? GrantFault(client)
        ?? RedirectFault(client)
        ?? ScopeFault(client)
        ?? ResourceFault(client, resources)
        ?? ExchangeRules.Fault(client, resources)
        ?? CredentialFault(client)
        ?? TrustFault(client);

    /// <summary>Whether any client could have this id; what could not is not worth a look into the database.</summary>
    public static bool CouldBeId(string clientId) =>
        clientId.Length is > 0 and <= MaxDocumentUrlLength && !clientId.AsSpan().ContainsAnyExceptInRange('!', '~');

    private static Refusal? IdFault(Client client)
    {
        var id = client.ClientId;
        var fault = client.Origin == ClientOrigin.MetadataDocument
            ? CouldBeId(id) && id.StartsWith("https://", StringComparison.Ordinal) ? null : "It is not the URL of a metadata document."
            : IdFault(id);
        return fault is null ? null : new Refusal(Reasons.ClientIdInvalid) { Detail = fault, Received = Shortened(id) };
    }

    /// <summary>What is wrong with an id that an administrator wants or the server made up, or null.</summary>
    public static string? IdFault(string id)
    {
        if (id.Length == 0)
        {
            return "It is empty.";
        }

        if (id.Length > MaxIdLength)
        {
            return $"It has {id.Length} characters; {MaxIdLength} are allowed.";
        }

        if (Array.Exists(_secretShapes, shape => id.StartsWith(shape, StringComparison.Ordinal)))
        {
            return $"{id[..4]} begins a secret, not an id.";
        }

        // Unreserved characters (RFC 3986 §2.3) are the same raw, in a form, in a path and in HTTP Basic.
        return id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '~' or '-') && id.Any(char.IsAsciiLetterOrDigit)
            ? null
            : "It may have letters, digits and . _ ~ - only, and at least one letter or digit.";
    }

    private static Refusal? GrantFault(Client client)
    {
        if (client.GrantTypes.Count == 0)
        {
            return Wrong("It needs at least one grant type.");
        }

        // The sub of its own tokens is its id, which must never read as a person's (RFC 9068 §5).
        if (client.GrantTypes.Contains(GrantTypeNames.ClientCredentials) && Guid.TryParse(client.ClientId, out _))
        {
            return Wrong("A client with an id in the shape of a person's id gets no tokens of its own.", client.ClientId);
        }

        return client.GrantTypes.Find(g => !GrantTypeNames.All.Contains(g)) is { } odd
            ? Wrong($"The grant types are {string.Join(", ", GrantTypeNames.All.Select(GrantTypeNames.Short))}.", odd)
            : TwiceIn(client.GrantTypes, "grant type");
    }

    private static Refusal? RedirectFault(Client client)
    {
        if (client.RedirectUris.Count == 0 && client.GrantTypes.Contains("authorization_code"))
        {
            return new Refusal(Reasons.RedirectUriInvalid) { Detail = "At least one redirect URI is needed." };
        }

        if (client.RedirectUris.Count > MaxRedirectUris)
        {
            return new Refusal(Reasons.RedirectUriInvalid) { Detail = $"There are {client.RedirectUris.Count} of them; {MaxRedirectUris} are allowed." };
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in client.RedirectUris)
        {
            if (!RedirectUri.Parse(text).Ok(out _, out var refusal))
            {
                return refusal;
            }

            if (!seen.Add(text))
            {
                return new Refusal(Reasons.RedirectUriInvalid) { Detail = "It is named twice.", Received = text };
            }
        }

        return null;
    }

    private static Refusal? ScopeFault(Client client)
    {
        if (client.Scopes is not { } scopes)
        {
            return null;
        }

        if (scopes.Count > MaxScopes)
        {
            return Wrong($"There are {scopes.Count} scopes; {MaxScopes} are allowed.");
        }

        // RFC 6749 §3.3
        return scopes.Find(s => !ScopeSet.IsScopeToken(s)) is { } odd
            ? Wrong("A scope is 1 to 128 printable characters without spaces, quotes and backslashes.", odd)
            : TwiceIn(scopes, "scope");
    }

    private static Refusal? ResourceFault(Client client, IReadOnlyList<Resource> resources)
    {
        if (client.Resources is not { } wanted)
        {
            return null;
        }

        if (wanted.Count > MaxResources)
        {
            return Wrong($"There are {wanted.Count} resources; {MaxResources} are allowed.");
        }

        return wanted.Find(uri => !resources.Any(r => r.Uri == uri)) is { } unknown
            ? new Refusal(Reasons.ResourceUnknown)
            {
                Detail = "A client can be limited to registered resources only.",
                Received = unknown,
                Fix = $"koauth resource register {unknown}",
            }
            : TwiceIn(wanted, "resource");
    }

    private static Refusal? CredentialFault(Client client)
    {
        if (!AuthMethods.Contains(client.AuthMethod))
        {
            return Wrong($"The authentication method is one of {string.Join(", ", AuthMethods)}.", client.AuthMethod);
        }

        return client.HasSecret == client.Secrets.Count > 0
            ? null
            : Wrong(client.HasSecret ? "The authentication method needs a secret." : $"A client with the method {client.AuthMethod} has no secret.");
    }

    /// <summary>Without consent a token goes to whoever receives the redirect: that must be provably the trusted client.</summary>
    private static Refusal? TrustFault(Client client)
    {
        if (!client.Trusted)
        {
            return null;
        }

        if (client.IsSelfAsserted)
        {
            return new Refusal(Reasons.TrustRefused) { Detail = "It registered itself, so nobody vouches for it. Register it yourself to trust it." };
        }

        if (client.IsPublic)
        {
            return new Refusal(Reasons.TrustRefused) { Detail = "It is public: without a secret, anybody can claim to be it." };
        }

        return client.RedirectUris.Find(u => RedirectUri.Parse(u).Ok(out var uri, out _) && !uri.IsHttps) is { } open
            ? new Refusal(Reasons.TrustRefused)
            {
                Detail = "Its redirect URI leads to a program on the person's own device, and any program there could wait for the answer.",
                Received = open,
            }
            : null;
    }

    private static Refusal? TwiceIn(List<string> words, string kind) =>
        words.GroupBy(w => w, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? Wrong($"The {kind} is named twice.", twice.Key)
            : null;

    private static Refusal Wrong(string detail, string? received = null) =>
        new(Reasons.ClientMetadataInvalid) { Detail = detail, Received = received };

    /// <summary>An id that is none may be a secret pasted into the wrong field: its beginning names it well enough.</summary>
    private static string Shortened(string id) => id.Length <= 8 ? id : $"{id[..8]}…";
}
