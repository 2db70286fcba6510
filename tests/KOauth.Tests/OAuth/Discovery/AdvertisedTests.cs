using System.Text.Json;
using KOauth.Protocol;

namespace KOauth.Tests.OAuth.Discovery;

/// <summary>Walks over the metadata: what it offers works, and what it does not offer is refused.</summary>
public sealed class AdvertisedTests
{
    /// <summary>Everything this server knows how to prove; an advertised item without a proof fails the test.</summary>
    private static readonly string[] _proved =
    [
        "issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "scopes_supported", "response_types_supported",
        "response_modes_supported", "grant_types_supported", "token_endpoint_auth_methods_supported", "code_challenge_methods_supported",
        "authorization_response_iss_parameter_supported", "subject_types_supported", "id_token_signing_alg_values_supported",
        "claims_supported", "prompt_values_supported", "claims_parameter_supported", "request_parameter_supported",
        "request_uri_parameter_supported", "pushed_authorization_request_endpoint",
        "dpop_signing_alg_values_supported", // BoundTokensTests
        "device_authorization_endpoint", // DeviceGrantTests
    ];

    [Fact]
    [Trait("check", "A-24")]
    [Trait("check", "MX-04")]
    public async Task Everything_advertised_works_and_nothing_else_does()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddClientAsync("public", isPublic: true);
        using var metadata = JsonDocument.Parse(await koauth.Http.GetStringAsync("/.well-known/oauth-authorization-server"));
        Assert.Empty(metadata.RootElement.EnumerateObject().Select(m => m.Name).Except(_proved));

        var scopes = string.Join(' ', Values(metadata, "scopes_supported"));
        var flow = new Flow().With("scope", scopes).With("response_type", Assert.Single(Values(metadata, "response_types_supported")))
            .With("response_mode", Assert.Single(Values(metadata, "response_modes_supported"))).With("nonce", "n");
        using var browser = koauth.OpenBrowser();
        var tokens = await koauth.RedeemAsync(flow, await browser.CodeAsync(flow));
        Assert.Equal(scopes, tokens.Scope);
        Assert.Equal(KOauthApp.Issuer, browser.Carried["iss"]);
        var claims = new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(tokens.IdToken);
        Assert.Contains(claims.Alg, Values(metadata, "id_token_signing_alg_values_supported"));
        Assert.All(Values(metadata, "claims_supported").Except(["name"]), c => Assert.True(claims.TryGetClaim(c, out _), c));

        var pushed = await koauth.PushAsync(flow);
        await browser.OpenAsync(FlowSteps.PushedUrl(pushed.RequestUri!));
        Assert.NotEmpty(browser.Carried["code"]);

        Assert.Equal(["authorization_code", "refresh_token", GrantTypeNames.DeviceCode], Values(metadata, "grant_types_supported"));
        await koauth.ChangeClientAsync("app", c => c.GrantTypes = [.. c.GrantTypes, GrantTypeNames.DeviceCode]);
        var device = await koauth.StartDeviceAsync();
        await browser.AnswerDeviceAsync(device);
        Assert.Null((await koauth.PollAsync(device)).Error);
        Assert.Null((await koauth.RefreshAsync(tokens.RefreshToken!)).Error);
        foreach (var grantType in new[] { "password", "implicit", "client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange" })
        {
            var refused = await koauth.TokenAsync(("grant_type", grantType), ("client_id", "app"), ("client_secret", KOauthApp.SecretOf("app")));
            Assert.Equal("unsupported_grant_type", refused.Error);
        }
    }

    [Fact]
    [Trait("check", "A-24")]
    [Trait("check", "MX-04")]
    public async Task Every_advertised_way_to_authenticate_works()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddClientAsync("public", isPublic: true);
        using var metadata = JsonDocument.Parse(await koauth.Http.GetStringAsync("/.well-known/oauth-authorization-server"));
        foreach (var method in Values(metadata, "token_endpoint_auth_methods_supported"))
        {
            var flow = new Flow(method == "none" ? "public" : "app");
            using var browser = koauth.OpenBrowser();
            var code = await browser.CodeAsync(flow);
            var reply = method switch
            {
                "client_secret_basic" => await koauth.TokenAsync(
                    $"app:{KOauthApp.SecretOf("app")}", ("grant_type", "authorization_code"), ("code", code), ("code_verifier", flow.Verifier)),
                "client_secret_post" => await koauth.RedeemAsync(flow, code),
                "none" => await koauth.RedeemAsync(flow, code, isPublic: true),
                _ => throw new InvalidOperationException($"{method} is advertised and nobody shows that it works"),
            };
            Assert.Null(reply.Error);
        }

        var assertion = await koauth.TokenAsync(
            ("grant_type", "refresh_token"), ("client_id", "app"), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", "x"));
        Assert.Equal("invalid_client", assertion.Error);
    }

    private static string[] Values(JsonDocument metadata, string name) =>
        [.. metadata.RootElement.GetProperty(name).EnumerateArray().Select(v => v.GetString()!)];
}
