using Microsoft.AspNetCore.Authentication;

namespace KOauth.AspNetCore;

/// <summary>
/// How this server is protected. Two values are needed, <see cref="Issuer"/> and <see cref="BaseUrl"/>; both are read from the
/// settings <c>KOAUTH_URL</c> and <c>BASE_URL</c>, and code that sets them wins. Everything else has a default.
/// </summary>
public sealed class KOauthOptions : AuthenticationSchemeOptions
{
    /// <summary>
    /// The authorization server's issuer, such as <c>https://auth.example.com</c>. It is compared character by character with the
    /// <c>issuer</c> of the server's metadata and the <c>iss</c> of every token, so a slash too many at the end is a different issuer.
    /// </summary>
    public string Issuer { get; set; } = "";

    /// <summary>
    /// The public address of this server, such as <c>https://notes.example.com</c>, as clients reach it through proxies. Nothing is
    /// ever derived from the <c>Host</c> header.
    /// </summary>
    public string BaseUrl { get; set; } = "";

    /// <summary>
    /// The path of the MCP endpoint below <see cref="BaseUrl"/>. Empty when it is mapped at the root, or when an API without MCP is
    /// protected. The default is <c>/mcp</c>.
    /// </summary>
    public string Path { get; set; } = "/mcp";

    /// <summary>
    /// The resource that tokens must be meant for, and that clients are told (RFC 9728): <see cref="BaseUrl"/> followed by
    /// <see cref="Path"/>, which is not added again when <see cref="BaseUrl"/> already ends in it.
    /// </summary>
    public string Resource => ResourceAddress.Of(this).Resource;

    /// <summary>
    /// What a token must name in <c>aud</c>, if it is not <see cref="Resource"/>. One slash at the end makes no difference.
    /// </summary>
    public string? Audience { get; set; }

    /// <summary>
    /// The scopes published in the resource's metadata. When empty, all scopes that endpoints and tools require are published.
    /// </summary>
    public IList<string> Scopes { get; } = [];

    /// <summary>
    /// The scopes a client without a token is told to ask for, besides those of the endpoint it called. When empty, all published
    /// scopes, so that people consent once.
    /// </summary>
    public IList<string> InitialScopes { get; } = [];

    /// <summary>
    /// Whether the first scope, which the token has, includes the second, which is needed. Called only for different scopes; the
    /// default includes nothing. <c>(granted, needed) => granted == "notes:write" &amp;&amp; needed == "notes:read"</c> lets writers read.
    /// </summary>
    public Func<string, string, bool> ScopeIncludes { get; set; } = (_, _) => false;

    /// <summary>The signature algorithms that are accepted; only asymmetric ones are possible.</summary>
    public IList<string> Algorithms { get; } = ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

    /// <summary>By how much the clocks of the two servers may differ. The default is 60 seconds, at most 5 minutes are possible.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Whether only access tokens are taken that are bound to a key of the client's (DPoP, RFC 9449). Bound ones are always checked for
    /// their proof; by default bearer tokens are taken, too, because most MCP clients have no others yet.
    /// </summary>
    public bool RequireBoundTokens { get; set; }

    /// <summary>
    /// Whether this server tells KOauth once that a connection arrived here, which its owner then sees, and asks it every 30 seconds for
    /// connections that ended, so that a disconnect is felt before the access token expires. Both happen in the background, only when the authorization
    /// server offers them, and are harmless when it is away. The default is <see langword="true"/>.
    /// </summary>
    public bool Reports { get; set; } = true;

    /// <summary>
    /// Whether clients in browsers may call the MCP endpoint from any origin. Cookies are never allowed along, so no site can act in
    /// a visitor's name. The default is <see langword="true"/>; switch it off to use a policy of your own.
    /// </summary>
    public bool Cors { get; set; } = true;

    /// <summary>The name of this resource that clients may show to people (<c>resource_name</c>).</summary>
    public string? ResourceName { get; set; }

    /// <summary>The address of a page for developers about this resource (<c>resource_documentation</c>).</summary>
    public string? ResourceDocumentation { get; set; }

    /// <summary>What requests to the authorization server go through. For tests, proxies and private certificate authorities.</summary>
    public HttpMessageHandler? BackchannelHttpHandler { get; set; }

    /// <summary>How long a request to the authorization server may take. The default is 5 seconds.</summary>
    public TimeSpan BackchannelTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Throws one clear sentence when a value is missing or cannot work.</summary>
    /// <exception cref="InvalidOperationException">A value is missing or cannot work.</exception>
    public override void Validate()
    {
        base.Validate();

        if (KOauthOptionsCheck.WhatIsWrongWith(this) is { } wrong)
        {
            throw new InvalidOperationException(wrong);
        }
    }
}
