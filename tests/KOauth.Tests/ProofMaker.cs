using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace KOauth.Tests;

/// <summary>A client's key, and the DPoP proofs it makes; every part of a proof can be changed before it is signed.</summary>
internal sealed class ProofMaker(TimeProvider clock) : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private int _made;

    /// <summary>What the server said last in <c>DPoP-Nonce</c>.</summary>
    public string? Nonce { get; set; }

    public string Thumbprint
    {
        get
        {
            var key = PublicKey();
            return Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(
                $$"""{"crv":"P-256","kty":"EC","x":"{{key["x"]}}","y":"{{key["y"]}}"}""")));
        }
    }

    public JsonObject PublicKey()
    {
        var q = _key.ExportParameters(includePrivateParameters: false).Q;
        return new() { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(q.X), ["y"] = Base64Url.EncodeToString(q.Y) };
    }

    /// <summary>For the token endpoint, unless it is changed.</summary>
    public string Make(Action<JsonObject>? header = null, Action<JsonObject>? payload = null, string? token = null, string address = KOauthApp.Issuer + "/oauth/token")
    {
        var (head, body) = (new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = "ES256", ["jwk"] = PublicKey() }, new JsonObject
        {
            ["jti"] = $"proof-{++_made}",
            ["htm"] = "POST",
            ["htu"] = address,
            ["iat"] = clock.GetUtcNow().ToUnixTimeSeconds(),
        });
        if (Nonce is not null)
        {
            body["nonce"] = Nonce;
        }

        if (token is not null)
        {
            body["ath"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        }

        header?.Invoke(head);
        payload?.Invoke(body);
        return Sign(head.ToJsonString(), body.ToJsonString());
    }

    public string Sign(string header, string payload)
    {
        var signed = $"{Encode(header)}.{Encode(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    public void Dispose() => _key.Dispose();

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}

internal static class ProofSteps
{
    /// <summary>Posts a token request with a proof, as a client that takes up nonces: once more when it is given a new one.</summary>
    public static async Task<TokenReply> ProveAsync(this KOauthApp koauth, ProofMaker key, params (string Name, string Value)[] form)
    {
        var reply = await koauth.PostWithProofAsync(key.Make(), form);
        key.Nonce = reply.Response.Headers.GetValues("DPoP-Nonce").Single();
        return reply.Error == "use_dpop_nonce" ? await koauth.PostWithProofAsync(key.Make(), form) : reply;
    }

    public static async Task<TokenReply> PostWithProofAsync(this KOauthApp koauth, string proof, params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token")
        {
            Content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value))),
        };
        request.Headers.Add("DPoP", proof);
        return await TokenReply.ReadAsync(await koauth.Http.SendAsync(request));
    }
}
