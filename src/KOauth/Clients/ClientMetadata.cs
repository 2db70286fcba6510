using System.Text.Json;
using KOauth.Protocol;

namespace KOauth.Clients;

/// <summary>
/// Reads what an app says about itself (RFC 7591 §2) into a client. Known members must have the right type, unknown ones are
/// ignored. Of several wishes the supported ones are granted: refusing an app for the grant it also mentions helps nobody. Whatever
/// would make the client more than any other (an id, trust, an owner) is not read at all.
/// </summary>
internal static class ClientMetadata
{
    private const int MaxContacts = 32;

    /// <summary>The grants an app may give itself: those in which a person decides.</summary>
    private static readonly string[] _grantTypes = ["authorization_code", "refresh_token"];

    /// <summary>Members that people or servers may follow, also with a language tag (<c>tos_uri#de</c>).</summary>
    private static readonly string[] _links = ["client_uri", "logo_uri", "tos_uri", "policy_uri", "jwks_uri", "sector_identifier_uri", "initiate_login_uri"];

    public static Outcome<Client> Read(JsonElement metadata, ClientOrigin origin)
    {
        var members = new MetadataMembers(metadata);
        var redirectUris = members.Texts("redirect_uris");
        var grantTypes = members.Texts("grant_types");
        var responseTypes = members.Texts("response_types");
        var method = members.Text("token_endpoint_auth_method");
        var name = members.Text("client_name");
        var client = new Client
        {
            ClientId = "", // given by whoever stores it
            Origin = origin,
            Name = "",
            Website = WebLink(members.Text("client_uri")),
            Logo = WebLink(members.Text("logo_uri")),
            AuthMethod = method is "none" or "client_secret_post" ? method : "client_secret_basic", // RFC 7591 §2: the default
            RequiresBoundTokens = members.Is("dpop_bound_access_tokens"),
            RequiresPushedRequests = members.Is("require_pushed_authorization_requests"),
        };
        var contacts = members.Texts("contacts");
        members.Text("scope"); // no limit of what it may be granted: apps send the scopes of the moment, and ask for others later
        members.Text("application_type");
        members.Text("software_id");
        members.Text("software_version");
        members.Text("software_statement"); // signed by nobody we know, so no more than the rest (RFC 7591 §2.3)
        if (members.Fault is { } fault)
        {
            return fault;
        }

        var refusal = LinkFault(metadata)
            ?? (contacts?.Count > MaxContacts ? Wrong($"There are {contacts.Count} contacts; {MaxContacts} are allowed.") : null)
            ?? TakeGrants(client, grantTypes, responseTypes)
            ?? TakeRedirects(client, redirectUris);
        if (refusal is not null)
        {
            return refusal;
        }

        client.Name = Name(client, name);
        return client;
    }

    private static Refusal? TakeGrants(Client client, IReadOnlyList<string>? grantTypes, IReadOnlyList<string>? responseTypes)
    {
        if (responseTypes is not null && !responseTypes.Contains("code"))
        {
            return Wrong("response_types must contain code.");
        }

        // Left out it would mean authorization_code alone (RFC 7591 §2), and the person would have to connect anew every hour.
        var wanted = (grantTypes ?? _grantTypes).Distinct(StringComparer.Ordinal).Where(g => _grantTypes.Contains(g));
        client.GrantTypes = [.. wanted];
        return client.GrantTypes.Contains("authorization_code") ? null : Wrong("grant_types must contain authorization_code.");
    }

    private static Refusal? TakeRedirects(Client client, IReadOnlyList<string>? redirectUris)
    {
        if (redirectUris is null or [])
        {
            return new Refusal(Reasons.RedirectUriInvalid) { Detail = "redirect_uris is missing or empty." };
        }

        if (redirectUris.Count > ClientRules.MaxRedirectUris)
        {
            return new Refusal(Reasons.RedirectUriInvalid) { Detail = $"There are {redirectUris.Count} of them; {ClientRules.MaxRedirectUris} are allowed." };
        }

        // Cursor registers a private scheme, an https and a loopback URI at once: it gets those that can be used.
        client.RedirectUris = [.. redirectUris.Distinct(StringComparer.Ordinal).Where(uri => !RedirectUriRules.IsOnlyUnsupported(uri))];
        return client.RedirectUris.Count == 0 && !RedirectUri.Parse(redirectUris[0]).Ok(out _, out var refusal) ? refusal : null;
    }

    /// <summary>A name that is too long is cut, as no person reads so far; an app without a name goes by where it returns to.</summary>
    private static string Name(Client client, string? name)
    {
        var words = name?.Trim() ?? "";
        if (words.Length > ClientTexts.MaxNameLength)
        {
            var cut = ClientTexts.MaxNameLength - 1;
            words = $"{words[..(char.IsHighSurrogate(words[cut - 1]) ? cut - 1 : cut)].TrimEnd()}…";
        }

        if (words.Length > 0)
        {
            return words;
        }

        return RedirectUri.Parse(client.RedirectUris[0]).Ok(out var uri, out _) && uri.Host.Length is > 0 and <= ClientTexts.MaxNameLength
            ? uri.Host
            : "App without a name";
    }

    private static Refusal? LinkFault(JsonElement metadata)
    {
        foreach (var member in metadata.EnumerateObject())
        {
            if (!_links.Contains(member.Name.Split('#')[0]))
            {
                continue;
            }

            if (member.Value.ValueKind != JsonValueKind.String || !IsWeb(member.Value.GetString()!))
            {
                return Wrong($"{Printable(member.Name)} must be an https:// URL.");
            }
        }

        return null;
    }

    private static bool IsWeb(string link) =>
        link.Length <= ClientTexts.MaxLinkLength && WebAddress.Read(link, out var address) is null && address!.Host.Length > 0;

    /// <summary>Only https is shown or followed; an http link does no harm and no good.</summary>
    private static string? WebLink(string? link) => link?.StartsWith("https://", StringComparison.Ordinal) == true ? link : null;

    private static string Printable(string name) => name.Length <= 40 && name.All(c => c is > ' ' and < (char)127) ? name : "A link";

    private static Refusal Wrong(string detail) => new(Reasons.ClientMetadataInvalid) { Detail = detail };
}
