using KOauth.Clients;
using KOauth.Grants;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.Token;

/// <summary>One value of <c>grant_type</c>. The client has been authenticated and may use it; the grant fills in only its own part.</summary>
internal interface IGrantType
{
    string Name { get; }

    /// <summary>False when a setting switched it off: then it does not exist.</summary>
    bool IsOn => true;

    Task<Outcome<Decision>> DecideAsync(OAuthForm request, Client client, Story story, CancellationToken ct);
}

/// <summary>What a grant decided to answer with.</summary>
internal abstract record Decision;

/// <summary>An assertion for another server, in place of a token for one here; it is signed already.</summary>
internal sealed record DecidedAssertion(TokenAnswer Answer) : Decision;

/// <summary>A token for a service in its own name; nothing stands behind it but the client.</summary>
internal sealed record DecidedForClient(Audience Audience, ScopeSet Scopes) : Decision;

/// <summary>Tokens: the row that stands behind the tokens and what they may say.</summary>
internal sealed record DecidedGrant(Grant Grant, Audience Audience, ScopeSet Scopes) : Decision
{
    /// <summary>The generation of the refresh token to answer with, or null when the client gets none.</summary>
    public int? RefreshGeneration { get; init; }

    /// <summary>The ID token, made when a code with <c>openid</c> is redeemed; its hash covers the access token.</summary>
    public Func<string, string>? IdToken { get; init; }

    /// <summary>The end of what it was made from, where that comes before the usual end.</summary>
    public DateTimeOffset? ExpiresAtMost { get; init; }

    /// <summary>Who acts for the person (RFC 8693 §4.1).</summary>
    public IReadOnlyDictionary<string, object>? Actor { get; init; }

    /// <summary>What a token exchange answers with (RFC 8693 §2.2.1).</summary>
    public string? IssuedTokenType { get; init; }
}
