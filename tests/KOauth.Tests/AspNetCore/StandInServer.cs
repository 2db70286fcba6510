using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace KOauth.Tests.AspNetCore;

/// <summary>
/// An authorization server that is not KOauth, as seen through HTTP: metadata, keys, tokens. It can be down, rotate its keys, lie about
/// its issuer, and it remembers every address it was asked for.
/// </summary>
internal sealed class StandInServer(TimeProvider clock) : HttpMessageHandler
{
    public const string Issuer = "https://auth.example";

    private readonly ConcurrentQueue<string> _asked = new();
    private int _keysMade;
    private (string Id, ECDsa Key) _key = ("key-1", ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public bool IsDown { get; set; }

    public string ClaimedIssuer { get; set; } = Issuer;

    public string MetadataPath { get; set; } = "/.well-known/oauth-authorization-server";

    /// <summary>Changes the metadata before it is sent.</summary>
    public Action<JsonObject> Metadata { get; set; } = _ => { };

    /// <summary>The connections it says are over, once <see cref="OffersReports"/> was called.</summary>
    public ConcurrentQueue<string> Ended { get; } = new();

    /// <summary>Every report of a token: what was refused, or an empty word.</summary>
    public ConcurrentQueue<string> Seen { get; } = new();

    public void OffersReports() => Metadata = document =>
        (document["koauth_seen_endpoint"], document["koauth_ended_endpoint"]) = ($"{Issuer}/seen", $"{Issuer}/ended");

    /// <summary>The published keys, if they are not just the current one.</summary>
    public JsonArray? Keys { get; set; }

    /// <summary>Sent instead of the key set.</summary>
    public string? KeySet { get; set; }

    /// <summary>Sent instead of the metadata.</summary>
    public string? MetadataDocument { get; set; }

    /// <summary>Answers wait for this when it is set.</summary>
    public Task? Hold { get; set; }

    public IReadOnlyCollection<string> Asked => _asked;

    public int KeySetReads => _asked.Count(address => address.EndsWith("/jwks", StringComparison.Ordinal));

    public ECDsa Key => _key.Key;

    public string KeyId => _key.Id;

    public void RotateKeys() => _key = ($"key-{++_keysMade + 1}", ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public JsonObject PublicKey()
    {
        var point = Key.ExportParameters(includePrivateParameters: false).Q;
        return new()
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["kid"] = KeyId,
            ["use"] = "sig",
            ["alg"] = "ES256",
            ["x"] = Base64Url.EncodeToString(point.X),
            ["y"] = Base64Url.EncodeToString(point.Y),
        };
    }

    public JsonObject Header() => new() { ["alg"] = "ES256", ["typ"] = "at+jwt", ["kid"] = KeyId };

    public JsonObject Payload(string scope)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        return new()
        {
            ["iss"] = Issuer,
            ["sub"] = "alice",
            ["aud"] = ProtectedApp.Resource,
            ["client_id"] = "test",
            ["iat"] = now,
            ["exp"] = now + 3600,
            ["jti"] = "1",
            ["scope"] = scope,
        };
    }

    /// <summary>A good access token, unless it is changed.</summary>
    public string Token(string scope = "notes:read notes:write", Action<JsonObject>? header = null, Action<JsonObject>? payload = null)
    {
        var (head, body) = (Header(), Payload(scope));
        header?.Invoke(head);
        payload?.Invoke(body);
        return Sign(head.ToJsonString(), body.ToJsonString());
    }

    /// <summary>Signs whatever text, so that tokens can be malformed and yet properly signed.</summary>
    public string Sign(string header, string payload)
    {
        var signed = $"{Encode(header)}.{Encode(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(Key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        _asked.Enqueue(request.RequestUri!.ToString());
        if (Hold is { } hold)
        {
            await hold.WaitAsync(ct);
        }

        if (IsDown)
        {
            throw new HttpRequestException("Connection refused");
        }

        var path = request.RequestUri.AbsolutePath;
        return request.RequestUri.Host != "auth.example" ? Nothing()
            : path == MetadataPath ? Json(MetadataDocument ?? Document().ToJsonString())
            : path == "/seen" ? Noted(request)
            : path == "/ended" ? Json(new JsonObject { ["ended"] = new JsonArray([.. Ended.Select(id => (JsonNode)id)]) }.ToJsonString())
            : path == "/jwks" ? Json(KeySet ?? new JsonObject { ["keys"] = Keys?.DeepClone() ?? new JsonArray(PublicKey()) }.ToJsonString())
            : Nothing();
    }

    private HttpResponseMessage Noted(HttpRequestMessage request)
    {
        Seen.Enqueue(request.Headers.TryGetValues("KOauth-Refused", out var words) ? words.Single() : "");
        return new(HttpStatusCode.NoContent);
    }

    private JsonObject Document()
    {
        var document = new JsonObject
        {
            ["issuer"] = ClaimedIssuer,
            ["jwks_uri"] = $"{Issuer}/jwks",
            ["code_challenge_methods_supported"] = new JsonArray("S256"),
        };
        Metadata(document);
        return document;
    }

    private static HttpResponseMessage Json(string body) =>
        new(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private static HttpResponseMessage Nothing() => new(HttpStatusCode.NotFound);
}
