using KOauth.Protocol;
using KOauth.Tests.OAuth.Register;
using KOauth.Tests.OAuth.Reports;
using Microsoft.IdentityModel.JsonWebTokens;

namespace KOauth.Tests.OAuth.Discovery;

/// <summary>
/// What shows that an advertised thing works. Whoever advertises something adds a line, or <see cref="AdvertisedTests"/> fails: the
/// member's name, with the value where the member is a list or a yes or no, and a step that fails when the thing does not work.
/// </summary>
internal static class Probes
{
    public static readonly IReadOnlyDictionary<string, Func<MetadataWalk, Task>> All = new Dictionary<string, Func<MetadataWalk, Task>>
    {
        ["issuer"] = async walk => Assert.Equal(walk.Metadata.GetProperty("issuer").GetString(), (await walk.ApprovedAsync("state", "s"))["iss"]),
        ["authorization_endpoint"] = walk => walk.HasEndpointAsync("authorization_endpoint", "/oauth/authorize"),
        ["token_endpoint"] = walk => walk.HasEndpointAsync("token_endpoint", "/oauth/token"),
        ["jwks_uri"] = walk => walk.HasEndpointAsync("jwks_uri", "/.well-known/jwks.json"),
        ["device_authorization_endpoint"] = walk => walk.HasEndpointAsync("device_authorization_endpoint", "/oauth/device_authorization"),
        ["registration_endpoint"] = async walk =>
        {
            var app = await walk.KOauth.RegisterAsync(Registering.App());
            Assert.NotNull((await walk.KOauth.ConnectAsync(new Flow(app.ClientId), isPublic: true)).AccessToken);
        },

        ["pushed_authorization_request_endpoint"] = async walk =>
        {
            var flow = new Flow();
            using var browser = walk.KOauth.OpenBrowser();
            await browser.ApproveAsync(flow);
            await browser.OpenAsync(FlowSteps.PushedUrl((await walk.KOauth.PushAsync(flow)).RequestUri!));
            Assert.NotEmpty(browser.Carried["code"]);
        },

        ["userinfo_endpoint"] = async walk =>
        {
            var told = await walk.KOauth.PostAsync("/oauth/userinfo", null, ("access_token", walk.Connected.AccessToken));
            Assert.Equal(walk.Connected.Access.Subject, told.Json.GetProperty("sub").GetString());
        },
        ["revocation_endpoint"] = walk => walk.RevokesAsync("app", byHeader: false),
        ["revocation_endpoint_auth_methods_supported client_secret_basic"] = walk => walk.RevokesAsync("app", byHeader: true),
        ["revocation_endpoint_auth_methods_supported client_secret_post"] = walk => walk.RevokesAsync("app", byHeader: false),
        ["revocation_endpoint_auth_methods_supported none"] = walk => walk.RevokesAsync("public", byHeader: false),
        ["introspection_endpoint"] = async walk => Assert.True((await walk.KOauth.IntrospectAsync(walk.Connected.AccessToken, await walk.KOauth.CredentialAsync())).IsActive()),
        ["introspection_endpoint_auth_methods_supported client_secret_basic"] = async walk =>
            Assert.True((await walk.KOauth.PostAsync("/oauth/introspect", $"app:{KOauthApp.SecretOf("app")}", ("token", walk.Connected.AccessToken))).IsActive()),
        ["introspection_endpoint_auth_methods_supported client_secret_post"] = async walk =>
            Assert.True((await walk.KOauth.IntrospectByClientAsync(walk.Connected.AccessToken)).IsActive()),

        ["scopes_supported openid"] = walk => walk.GrantsScopeAsync("openid"),
        ["scopes_supported profile"] = walk => walk.GrantsScopeAsync("profile"),
        ["scopes_supported email"] = walk => walk.GrantsScopeAsync("email"),
        ["scopes_supported offline_access"] = walk => walk.GrantsScopeAsync("offline_access"),

        ["response_types_supported code"] = async walk => Assert.NotEmpty((await walk.ApprovedAsync("response_type", "code"))["code"]),
        ["response_modes_supported query"] = async walk => Assert.NotEmpty((await walk.ApprovedAsync("response_mode", "query"))["code"]),
        ["code_challenge_methods_supported S256"] = async walk => Assert.NotEmpty((await walk.ApprovedAsync("code_challenge_method", "S256"))["code"]),
        ["authorization_response_iss_parameter_supported true"] = async walk => Assert.Equal(KOauthApp.Issuer, (await walk.ApprovedAsync("state", "s"))["iss"]),

        ["grant_types_supported authorization_code"] = async walk => Assert.NotNull((await walk.RedeemedByAsync("app", byHeader: false)).AccessToken),
        ["grant_types_supported refresh_token"] = async walk => Assert.NotNull((await walk.KOauth.RefreshAsync(walk.Connected.RefreshToken!)).AccessToken),

        ["grant_types_supported client_credentials"] = async walk =>
            Assert.Null((await walk.KOauth.PostAsync("/oauth/token", $"app:{KOauthApp.SecretOf("app")}", ("grant_type", "client_credentials"), ("resource", KOauthApp.NotesUri))).Error),

        [$"grant_types_supported {GrantTypeNames.DeviceCode}"] = async walk =>
        {
            var device = await walk.KOauth.StartDeviceAsync();
            using var browser = walk.KOauth.OpenBrowser();
            await browser.AnswerDeviceAsync(device);
            Assert.Null((await walk.KOauth.PollAsync(device)).Error);
        },

        [$"grant_types_supported {GrantTypeNames.TokenExchange}"] = async walk => Assert.NotNull((await walk.KOauth.ExchangeAsync((await walk.KOauth.ConnectAsync()).AccessToken!)).AccessToken),
        [$"grant_types_supported {GrantTypeNames.JwtBearer}"] = async walk => Assert.NotNull((await walk.KOauth.PresentAsync(walk.Provider.Make(walk.KOauth))).AccessToken),
        ["identity_chaining_requested_token_types_supported urn:ietf:params:oauth:token-type:id-jag"] = async walk =>
        {
            var idToken = (await walk.KOauth.ConnectAsync(new Flow().With("scope", "openid"))).IdToken!;
            Assert.Null((await walk.KOauth.ExchangeAsync(
                idToken, "app", ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"), ("requested_token_type", "urn:ietf:params:oauth:token-type:id-jag"),
                ("audience", "https://other.example.test"))).Error);
        },
        ["authorization_grant_profiles_supported urn:ietf:params:oauth:grant-profile:id-jag"] = async walk =>
            Assert.Null((await walk.KOauth.PresentAsync(walk.Provider.Make(walk.KOauth))).Error),

        ["token_endpoint_auth_methods_supported client_secret_basic"] = async walk => Assert.Null((await walk.RedeemedByAsync("app", byHeader: true)).Error),
        ["token_endpoint_auth_methods_supported client_secret_post"] = async walk => Assert.Null((await walk.RedeemedByAsync("app", byHeader: false)).Error),
        ["token_endpoint_auth_methods_supported none"] = async walk => Assert.Null((await walk.RedeemedByAsync("public", byHeader: false)).Error),

        ["koauth_seen_endpoint"] = async walk =>
            Assert.Equal(System.Net.HttpStatusCode.NoContent, await walk.KOauth.SeenAsync((await walk.KOauth.ConnectAsync()).AccessToken!)),
        ["koauth_ended_endpoint"] = async walk => Assert.NotNull(await walk.KOauth.EndedAsync()),

        ["dpop_signing_alg_values_supported ES256"] = async walk => Assert.Null((await walk.ProvenByAsync("ES256")).Error),
        ["dpop_signing_alg_values_supported PS256"] = async walk => Assert.Null((await walk.ProvenByAsync("PS256")).Error),
        ["dpop_signing_alg_values_supported RS256"] = async walk => Assert.Null((await walk.ProvenByAsync("RS256")).Error),

        ["subject_types_supported public"] = async walk =>
        {
            var other = await walk.KOauth.ConnectAsync(new Flow("public").With("scope", "openid"), isPublic: true);
            Assert.Equal(new JsonWebToken(walk.Connected.IdToken).Subject, new JsonWebToken(other.IdToken).Subject);
        },
        ["id_token_signing_alg_values_supported RS256"] = walk =>
        {
            Assert.Equal("RS256", new JsonWebToken(walk.Connected.IdToken).Alg);
            return Task.CompletedTask;
        },
        ["claims_supported iss"] = walk => walk.IdTokenHasAsync("iss"),
        ["claims_supported sub"] = walk => walk.IdTokenHasAsync("sub"),
        ["claims_supported aud"] = walk => walk.IdTokenHasAsync("aud"),
        ["claims_supported exp"] = walk => walk.IdTokenHasAsync("exp"),
        ["claims_supported iat"] = walk => walk.IdTokenHasAsync("iat"),
        ["claims_supported auth_time"] = walk => walk.IdTokenHasAsync("auth_time"),
        ["claims_supported nonce"] = walk => walk.IdTokenHasAsync("nonce"),
        ["claims_supported at_hash"] = walk => walk.IdTokenHasAsync("at_hash"),
        ["claims_supported name"] = walk => walk.IdTokenHasAsync("name"),
        ["claims_supported email"] = walk => walk.IdTokenHasAsync("email"),
        ["claims_supported email_verified"] = walk => walk.IdTokenHasAsync("email_verified"),

        ["prompt_values_supported none"] = async walk => Assert.Equal("login_required", await walk.RefusedAsync("prompt", "none")),
        ["prompt_values_supported login"] = async walk => Assert.Equal("/account/login", await walk.SentToAsync("login")),
        ["prompt_values_supported consent"] = async walk => Assert.Equal("/account/consent", await walk.SentToAsync("consent")),
        ["prompt_values_supported select_account"] = async walk => Assert.Equal("/account/login", await walk.SentToAsync("select_account")),

        // A no is kept too: what is not supported is refused, or does nothing.
        ["claims_parameter_supported false"] = async walk =>
            Assert.NotEmpty((await walk.ApprovedAsync("claims", """{"userinfo":{"phone_number":{"essential":true}}}"""))["code"]),
        ["request_parameter_supported false"] = async walk => Assert.Equal("request_not_supported", await walk.RefusedAsync("request", "e30.e30.")),
        ["request_uri_parameter_supported false"] = async walk =>
            Assert.Equal("request_uri_not_supported", await walk.RefusedAsync("request_uri", "https://elsewhere.test/request")),
    };
}
