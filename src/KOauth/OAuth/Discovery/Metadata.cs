using System.Security.Cryptography;
using System.Text.Json;
using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Protocol.DPoP;

namespace KOauth.OAuth.Discovery;

/// <summary>
/// The metadata document. Everything in it works and what is not in it is refused; it has no nulls (strict clients fail on them)
/// and every URL comes from the configured issuer, never from the request's Host header.
/// </summary>
internal sealed class Metadata
{
    public Metadata(KOauthSettings settings)
    {
        var issuer = settings.Issuer.Value;
        var document = new Dictionary<string, object>
        {
            ["issuer"] = issuer,
            ["authorization_endpoint"] = issuer + "/oauth/authorize",
            ["token_endpoint"] = issuer + "/oauth/token",
            ["pushed_authorization_request_endpoint"] = issuer + "/oauth/par",
            ["userinfo_endpoint"] = issuer + "/oauth/userinfo",
            ["revocation_endpoint"] = issuer + "/oauth/revoke",
            ["revocation_endpoint_auth_methods_supported"] = new[] { "client_secret_basic", "client_secret_post", "none" },
            ["introspection_endpoint"] = issuer + "/oauth/introspect",
            ["introspection_endpoint_auth_methods_supported"] = new[] { "client_secret_basic", "client_secret_post" },
            ["koauth_seen_endpoint"] = issuer + "/oauth/seen",
            ["koauth_ended_endpoint"] = issuer + "/oauth/ended",
            ["jwks_uri"] = issuer + DiscoveryEndpoint.JwksPath,

            // Short on purpose: some clients ask for all of it. offline_access makes clients ask for refresh tokens.
            ["scopes_supported"] = ScopeSet.Standard,
            ["response_types_supported"] = new[] { "code" },
            ["response_modes_supported"] = new[] { "query" },
            ["grant_types_supported"] = GrantTypes(settings),

            // The order matters: the C# MCP SDK takes the first it knows. "none" makes Claude use metadata documents.
            ["token_endpoint_auth_methods_supported"] = new[] { "client_secret_basic", "client_secret_post", "none" },
            ["code_challenge_methods_supported"] = new[] { Pkce.Method },
            ["authorization_response_iss_parameter_supported"] = true,
            ["dpop_signing_alg_values_supported"] = ProofKey.Algorithms,
            ["subject_types_supported"] = new[] { "public" },
            ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
            ["claims_supported"] = new[] { "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "name", "email", "email_verified" },
            ["prompt_values_supported"] = new[] { "none", "login", "consent", "select_account" },
            ["claims_parameter_supported"] = false,
            ["request_parameter_supported"] = false,
            ["request_uri_parameter_supported"] = false, // absent would mean true (OpenID Connect Discovery §3)
        };
        if (settings.DeviceGrant)
        {
            document["device_authorization_endpoint"] = issuer + "/oauth/device_authorization"; // RFC 8628 §4
        }

        document["identity_chaining_requested_token_types_supported"] = new[] { "urn:ietf:params:oauth:token-type:id-jag" };
        if (settings.AssertionIssuers.Count > 0)
        {
            document["authorization_grant_profiles_supported"] = new[] { "urn:ietf:params:oauth:grant-profile:id-jag" };
        }

        if (settings.Registration != RegistrationPolicy.Off)
        {
            document["registration_endpoint"] = issuer + "/oauth/register"; // RFC 7591 §3
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(document, JsonSerializerOptions.Default);
        Json = json;
        ETag = $"\"{Convert.ToHexStringLower(SHA256.HashData(json))[..16]}\"";
    }

    public ReadOnlyMemory<byte> Json { get; }

    public string ETag { get; }

    private static IEnumerable<string> GrantTypes(KOauthSettings settings) =>
        new[]
        {
            ("authorization_code", true), ("refresh_token", true), (GrantTypeNames.ClientCredentials, true), (GrantTypeNames.DeviceCode, settings.DeviceGrant),
            (GrantTypeNames.TokenExchange, true),

            // Claude offers enterprise-managed authorization where it finds this, so it is here only where somebody is trusted to vouch.
            (GrantTypeNames.JwtBearer, settings.AssertionIssuers.Count > 0),
        }.Where(g => g.Item2).Select(g => g.Item1);
}
