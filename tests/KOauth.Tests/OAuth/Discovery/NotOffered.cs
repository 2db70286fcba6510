using System.Net;

namespace KOauth.Tests.OAuth.Discovery;

/// <summary>
/// Things other servers offer, and what shows that this one does not. A line stays when the thing is built: as soon as it is
/// advertised it has to work instead, and <see cref="Probes"/> has a line for it.
/// </summary>
internal static class NotOffered
{
    public static readonly IReadOnlyDictionary<string, Func<MetadataWalk, Task>> All = Table();

    private static Dictionary<string, Func<MetadataWalk, Task>> Table()
    {
        var table = new Dictionary<string, Func<MetadataWalk, Task>>();
        foreach (var grantType in new[]
        {
            "password", "implicit", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange",
            "urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:saml2-bearer", "urn:openid:params:grant-type:ciba",
            "urn:ietf:params:oauth:grant-type:uma-ticket", "urn:ietf:params:oauth:grant-type:pre-authorized_code", "authorization_code ", "REFRESH_TOKEN",
        })
        {
            table[$"grant_types_supported {grantType}"] = async walk => Assert.Equal("unsupported_grant_type", await walk.GrantRefusedAsync(grantType));
        }

        foreach (var responseType in new[]
        {
            "token", "id_token", "none", "code token", "code id_token", "id_token token", "code id_token token", "CODE", "code code",
        })
        {
            table[$"response_types_supported {responseType}"] = async walk => Assert.Equal("unsupported_response_type", await walk.RefusedAsync("response_type", responseType));
        }

        foreach (var mode in new[] { "fragment", "form_post", "web_message", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt", "QUERY" })
        {
            table[$"response_modes_supported {mode}"] = async walk => Assert.Equal("invalid_request", await walk.RefusedAsync("response_mode", mode));
        }

        foreach (var method in new[] { "plain", "s256", "S384", "S512", "none" })
        {
            table[$"code_challenge_methods_supported {method}"] = async walk => Assert.Equal("invalid_request", await walk.RefusedAsync("code_challenge_method", method));
        }

        foreach (var method in new[] { "private_key_jwt", "client_secret_jwt" })
        {
            table[$"token_endpoint_auth_methods_supported {method}"] = async walk => Assert.Equal("invalid_client", (await walk.KOauth.RefreshAsync(
                walk.Connected.RefreshToken!,
                changes: [("client_secret", null), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", "e30.e30.e30")])).Error);
        }

        foreach (var header in new[] { "X-Client-Cert", "X-SSL-Cert", "ssl-client-cert", "X-Forwarded-Client-Cert", "Client-Cert" })
        {
            table[$"token_endpoint_auth_methods_supported tls_client_auth ({header})"] = walk => CertificateIsNothingAsync(walk, header);
        }

        foreach (var algorithm in new[] { "none", "HS256", "HS512", "RS384", "RS512", "PS384", "PS512", "ES384", "ES512" })
        {
            table[$"dpop_signing_alg_values_supported {algorithm}"] = async walk => Assert.Equal("invalid_dpop_proof", (await walk.ProvenByAsync(algorithm)).Error);
        }

        foreach (var (member, path) in new[]
        {
            ("registration_endpoint", "/oauth/register"), ("revocation_endpoint", "/oauth/revoke"), ("introspection_endpoint", "/oauth/introspect"),
            ("userinfo_endpoint", "/oauth/userinfo"), ("end_session_endpoint", "/oauth/logout"), ("device_authorization_endpoint", "/oauth/device_authorization"),
            ("backchannel_authentication_endpoint", "/oauth/bc-authorize"), ("check_session_iframe", "/oauth/checksession"), ("challenge_endpoint", "/oauth/challenge"),
        })
        {
            table[member] = walk => IsNotThereAsync(walk, path);
        }

        return table;
    }

    private static async Task IsNotThereAsync(MetadataWalk walk, string path)
    {
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            using var answer = await walk.KOauth.Http.SendAsync(new HttpRequestMessage(method, path));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    /// <summary>A certificate in a header, as proxies forward it, proves nothing.</summary>
    private static async Task CertificateIsNothingAsync(MetadataWalk walk, string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token")
        {
            Content = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", walk.Connected.RefreshToken!), new("client_id", "app")]),
        };
        request.Headers.TryAddWithoutValidation(header, "-----BEGIN%20CERTIFICATE-----");
        Assert.Equal("invalid_client", (await TokenReply.ReadAsync(await walk.KOauth.Http.SendAsync(request))).Error);
    }
}
