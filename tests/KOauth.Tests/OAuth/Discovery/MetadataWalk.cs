using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KOauth.Clients;
using KOauth.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace KOauth.Tests.OAuth.Discovery;

/// <summary>
/// A server whose metadata was read, and the steps that probes of it take: see <see cref="Probes"/>. All it can offer is switched on.
/// </summary>
public class MetadataWalk : IAsyncLifetime
{
    private JsonDocument _metadata = null!;

    internal KOauthApp KOauth { get; private set; } = null!;

    internal IdentityProvider Provider { get; } = new();

    /// <summary>What a client has that asked for every standard scope.</summary>
    internal TokenReply Connected { get; private set; } = null!;

    internal JsonElement Metadata => _metadata.RootElement;

    /// <summary>Every advertised thing: the member's name, and behind a space the value where a member has values to choose from.</summary>
    internal IEnumerable<string> Advertised => Metadata.EnumerateObject().SelectMany(member => member.Value.ValueKind switch
    {
        JsonValueKind.Array => member.Value.EnumerateArray().Select(value => $"{member.Name} {value.GetString()}"),
        JsonValueKind.True or JsonValueKind.False => [$"{member.Name} {member.Value.GetRawText()}"],
        _ => [member.Name],
    });

    public async ValueTask InitializeAsync()
    {
        KOauth = await KOauthApp.StartAsync(Configure);
        _metadata = JsonDocument.Parse(await KOauth.Http.GetStringAsync("/.well-known/oauth-authorization-server"));
        await KOauth.AddResourceAsync();
        await KOauth.AddExchangeAsync();
        await KOauth.AddUserAsync(change: user => user.DisplayName = "Alice");
        await KOauth.AddClientAsync("app", change: MayDoAll);
        await KOauth.AddClientAsync("public", isPublic: true);
        await KOauth.LinkAliceAsync();
        Connected = await KOauth.ConnectAsync(new Flow().With("scope", Joined("scopes_supported")).With("nonce", "n"));
    }

    public ValueTask DisposeAsync()
    {
        _metadata.Dispose();
        Provider.Dispose();
        GC.SuppressFinalize(this);
        return KOauth.DisposeAsync();
    }

    private protected virtual KOauthSettings Configure(KOauthSettings settings) =>
        settings with { AssertionIssuers = [new AssertionIssuer(IdentityProvider.Issuer, Provider.KeysFile)] };

    internal bool Offers(string advertised) => Advertised.Contains(advertised);

    internal string Joined(string member) => string.Join(' ', Metadata.GetProperty(member).EnumerateArray().Select(value => value.GetString()));

    // Steps that show something works.

    internal Task HasEndpointAsync(string member, string path)
    {
        Assert.Equal(KOauthApp.Issuer + path, Metadata.GetProperty(member).GetString());
        return AnswersAsync(path);
    }

    internal async Task AnswersAsync(string path)
    {
        using var answer = await KOauth.Http.GetAsync(path);
        Assert.NotEqual(HttpStatusCode.NotFound, answer.StatusCode);
    }

    internal Task GrantsScopeAsync(string scope)
    {
        Assert.Contains(scope, Connected.Scope!.Split(' '));
        return Task.CompletedTask;
    }

    internal Task IdTokenHasAsync(string claim)
    {
        Assert.True(new JsonWebToken(Connected.IdToken).TryGetClaim(claim, out _), claim);
        return Task.CompletedTask;
    }

    /// <summary>A person who approves; the parameters that came back in the query.</summary>
    internal async Task<IReadOnlyDictionary<string, string>> ApprovedAsync(string parameter, string value)
    {
        using var browser = KOauth.OpenBrowser();
        return await browser.ApproveAsync(new Flow().With(parameter, value));
    }

    /// <summary>Where somebody arrives who is signed in and has approved this client before.</summary>
    internal async Task<string> SentToAsync(string prompt)
    {
        using var browser = KOauth.OpenBrowser();
        await browser.ApproveAsync(new Flow());
        KOauth.Clock.Advance(TimeSpan.FromSeconds(1));
        await browser.OpenAsync(new Flow().With("prompt", prompt).Url);
        return browser.Location.AbsolutePath;
    }

    internal async Task<TokenReply> RedeemedByAsync(string clientId, bool byHeader)
    {
        var flow = new Flow(clientId);
        using var browser = KOauth.OpenBrowser();
        var code = await browser.CodeAsync(flow);
        return byHeader
            ? await KOauth.TokenAsync($"{clientId}:{KOauthApp.SecretOf(clientId)}", ("grant_type", "authorization_code"), ("code", code), ("code_verifier", flow.Verifier))
            : await KOauth.RedeemAsync(flow, code, isPublic: clientId == "public");
    }

    /// <summary>What became of a request for tokens with a proof signed by this algorithm.</summary>
    internal async Task<TokenReply> ProvenByAsync(string algorithm)
    {
        var form = new[] { ("grant_type", "refresh_token"), ("refresh_token", Connected.RefreshToken!), ("client_id", "app"), ("client_secret", KOauthApp.SecretOf("app")) };
        var asked = await KOauth.PostWithProofAsync("x", form);
        return await KOauth.PostWithProofAsync(Proof(algorithm, asked.Response.Headers.GetValues("DPoP-Nonce").Single()), form);
    }

    /// <summary>A connection of the client's own is given back, and is gone.</summary>
    internal async Task RevokesAsync(string clientId, bool byHeader)
    {
        var isPublic = clientId == "public";
        var tokens = await KOauth.ConnectAsync(new Flow(clientId), isPublic);
        var secret = isPublic ? null : KOauthApp.SecretOf(clientId);
        await (byHeader
            ? KOauth.PostAsync("/oauth/revoke", $"{clientId}:{secret}", ("token", tokens.RefreshToken))
            : KOauth.PostAsync("/oauth/revoke", null, ("token", tokens.RefreshToken), ("client_id", clientId), ("client_secret", secret)));
        Assert.Equal("invalid_grant", (await KOauth.RefreshAsync(tokens.RefreshToken!, clientId, isPublic)).Error);
    }

    // Steps that show something is refused.

    internal async Task<string?> RefusedAsync(string parameter, string value)
    {
        using var browser = KOauth.OpenBrowser();
        await browser.OpenAsync(new Flow().With(parameter, value).Url);
        Assert.StartsWith(KOauthApp.Callback, browser.Location.ToString());
        Assert.False(browser.Carried.ContainsKey("code"));
        return browser.Carried["error"];
    }

    internal async Task<string?> GrantRefusedAsync(string grantType) =>
        (await KOauth.TokenAsync(("grant_type", grantType), ("client_id", "app"), ("client_secret", KOauthApp.SecretOf("app")))).Error;

    private void MayDoAll(Client client)
    {
        client.GrantTypes = [.. Joined("grant_types_supported").Split(' ')];
        client.ExchangeTargets = ["issuer:https://other.example.test"];
    }

    private string Proof(string algorithm, string nonce)
    {
        using var ec = ECDsa.Create(algorithm switch { "ES384" => ECCurve.NamedCurves.nistP384, "ES512" => ECCurve.NamedCurves.nistP521, _ => ECCurve.NamedCurves.nistP256 });
        using var rsa = RSA.Create(2048);
        SecurityKey? key = algorithm[..2] switch
        {
            "ES" => new ECDsaSecurityKey(ec),
            "RS" or "PS" => new RsaSecurityKey(rsa),
            "HS" => new SymmetricSecurityKey(new byte[64]),
            _ => null,
        };
        var jwk = algorithm[..2] switch
        {
            "ES" => Public(JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(ec))),
            "RS" or "PS" => Public(JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(rsa))),
            _ => new JsonObject { ["kty"] = "oct", ["k"] = Base64Url.EncodeToString(new byte[64]) },
        };
        var header = new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = algorithm, ["jwk"] = jwk };
        var payload = new JsonObject
        {
            ["jti"] = $"{algorithm}-{nonce}",
            ["htm"] = "POST",
            ["htu"] = KOauthApp.Issuer + "/oauth/token",
            ["iat"] = KOauth.Clock.GetUtcNow().ToUnixTimeSeconds(),
            ["nonce"] = nonce,
        };
        var signed = $"{Encoded(header)}.{Encoded(payload)}";
        if (key is null)
        {
            return signed + ".";
        }

        using var signer = CryptoProviderFactory.Default.CreateForSigning(key, algorithm);
        return $"{signed}.{Base64Url.EncodeToString(signer.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static JsonObject Public(JsonWebKey key) => key.Kty == "EC"
        ? new() { ["kty"] = "EC", ["crv"] = key.Crv, ["x"] = key.X, ["y"] = key.Y }
        : new() { ["kty"] = "RSA", ["n"] = key.N, ["e"] = key.E };

    private static string Encoded(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}

/// <summary>A server with everything switched off that can be: then it must be gone from the metadata, and refused.</summary>
public sealed class SparseWalk : MetadataWalk
{
    private protected override KOauthSettings Configure(KOauthSettings settings) => settings with { DeviceGrant = false };
}
