using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KOauth.People;
using KOauth.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests;

/// <summary>An enterprise's identity provider: its keys lie in a file, and every part of an assertion can be changed before it is signed.</summary>
internal sealed class IdentityProvider : IDisposable
{
    public const string Issuer = "https://login.example.test/tenant1/";
    public const string Subject = "00u1-alice";

    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA _rsa = RSA.Create(2048);
    private int _made;

    public IdentityProvider() => Publish(EcKey(), RsaKey());

    public string KeysFile { get; } = Path.GetTempFileName();

    public void Publish(params JsonObject[] keys) => File.WriteAllText(KeysFile, new JsonObject { ["keys"] = new JsonArray([.. keys]) }.ToJsonString());

    public JsonObject EcKey(string kid = "ec-1")
    {
        var q = _ec.ExportParameters(includePrivateParameters: false).Q;
        return new() { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(q.X), ["y"] = Base64Url.EncodeToString(q.Y), ["kid"] = kid, ["use"] = "sig" };
    }

    public JsonObject RsaKey(string kid = "rsa-1")
    {
        var key = _rsa.ExportParameters(includePrivateParameters: false);
        return new() { ["kty"] = "RSA", ["n"] = Base64Url.EncodeToString(key.Modulus), ["e"] = Base64Url.EncodeToString(key.Exponent), ["kid"] = kid, ["alg"] = "RS256" };
    }

    /// <summary>An ID-JAG for alice, for the client and the notes, made now.</summary>
    public string Make(KOauthApp koauth, Action<JsonObject>? payload = null, Action<JsonObject>? header = null)
    {
        var now = koauth.Clock.GetUtcNow().ToUnixTimeSeconds();
        var (head, body) = (new JsonObject { ["typ"] = "oauth-id-jag+jwt", ["alg"] = "ES256", ["kid"] = "ec-1" }, new JsonObject
        {
            ["iss"] = Issuer,
            ["sub"] = Subject,
            ["aud"] = KOauthApp.Issuer,
            ["client_id"] = "app",
            ["resource"] = KOauthApp.NotesUri,
            ["scope"] = "notes:read",
            ["jti"] = $"assertion-{++_made}",
            ["iat"] = now,
            ["exp"] = now + 300,
            ["auth_time"] = now - 60,
        });
        payload?.Invoke(body);
        header?.Invoke(head);
        return Sign(head, body.ToJsonString());
    }

    public string Sign(JsonObject header, string payload)
    {
        var signed = $"{Encode(header.ToJsonString())}.{Encode(payload)}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        var signature = (string?)header["alg"] switch
        {
            "RS256" => _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "HS256" => HMACSHA256.HashData(_ec.ExportSubjectPublicKeyInfo(), bytes), // the public key used as a secret
            "none" => [],
            _ => _ec.SignData(bytes, HashAlgorithmName.SHA256),
        };
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    public void Dispose()
    {
        _ec.Dispose();
        _rsa.Dispose();
        File.Delete(KeysFile);
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}

internal static class AssertionSteps
{
    public static async Task LinkAliceAsync(this KOauthApp koauth) => Assert.Null(await koauth.Services.GetRequiredService<LinkedIdentities>()
        .LinkAsync(await koauth.UserAsync(), new(IdentityProvider.Issuer, IdentityProvider.Subject), "test", default));

    /// <summary>Presents an assertion as the client it is for.</summary>
    public static Task<TokenReply> PresentAsync(this KOauthApp koauth, string assertion, params (string, string)[] more) =>
        koauth.TokenAsync([.. Form(assertion), .. more]);

    public static (string, string)[] Form(string assertion) =>
        [("grant_type", GrantTypeNames.JwtBearer), ("assertion", assertion), ("client_id", "app"), ("client_secret", KOauthApp.SecretOf("app"))];
}
