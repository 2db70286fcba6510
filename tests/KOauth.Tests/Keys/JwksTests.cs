using System.Text;
using System.Text.Json;
using KOauth.Keys;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;

namespace KOauth.Tests.Keys;

public sealed class JwksTests
{
    private readonly FakeTimeProvider _clock = new(OpenRing.Made.AddDays(1));

    [Fact, Trait("check", "JW-13")]
    public void The_document_holds_public_keys_and_nothing_else()
    {
        var keys = Read(OpenRing.Of());

        Assert.Equal(2, keys.Count);
        Assert.Equal(keys.Count, keys.Select(k => k["kid"]).Distinct().Count());
        Assert.All(keys, key => Assert.Equal("sig", key["use"]));
        var ec = Assert.Single(keys, k => k["alg"] == "ES256");
        Assert.Equal(["alg", "crv", "kid", "kty", "use", "x", "y"], ec.Keys.Order());
        Assert.Equal(("EC", "P-256"), (ec["kty"], ec["crv"]));
        Assert.Equal((32, 32), (Length(ec["x"]), Length(ec["y"]))); // RFC 7518 §6.2.1.2: never shortened
        var rsa = Assert.Single(keys, k => k["alg"] == "RS256");
        Assert.Equal(["alg", "e", "kid", "kty", "n", "use"], rsa.Keys.Order());
        Assert.Equal(("RSA", "AQAB", 256), (rsa["kty"], rsa["e"], Length(rsa["n"])));
    }

    [Fact]
    public void A_key_id_is_the_thumbprint_of_the_key()
    {
        var document = JsonWebKeySet.Create(Encoding.UTF8.GetString(Document(OpenRing.Of()).Json.Span));

        Assert.All(document.Keys, key => Assert.Equal(Base64UrlEncoder.Encode(key.ComputeJwkThumbprint()), key.Kid)); // RFC 7638
    }

    [Fact]
    public void The_entity_tag_changes_with_the_keys_and_only_with_them()
    {
        var one = Document(OpenRing.Of());
        var same = Document(OpenRing.Of());
        var other = Document(OpenRing.Of(With(OpenRing.MakeSigningKey("ES256", _clock.GetUtcNow()))));

        Assert.Matches("^\"[A-Za-z0-9_-]{22}\"$", one.ETag);
        Assert.Equal(one.ETag, same.ETag);
        Assert.NotEqual(one.ETag, other.ETag);
    }

    [Fact, Trait("check", "R-10")]
    public void A_key_is_published_before_it_signs_and_until_its_last_token_has_expired()
    {
        var now = _clock.GetUtcNow();
        var retiring = OpenRing.MakeSigningKey("ES256", now.AddDays(-30), retiredAt: now.AddDays(1));
        var coming = OpenRing.MakeSigningKey("ES256", now.AddDays(1));
        var ring = OpenRing.Of(With(retiring, coming));
        var jwks = Document(ring);

        Assert.Contains(coming.Kid, Kids(jwks));
        Assert.Contains(retiring.Kid, Kids(jwks));
        var before = jwks.ETag;

        _clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromHours(1)); // the last token ends now; clocks differ a little
        Assert.Contains(retiring.Kid, Kids(jwks));
        Assert.Equal(before, jwks.ETag);

        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.DoesNotContain(retiring.Kid, Kids(jwks));
        Assert.NotEqual(before, jwks.ETag);
        Assert.DoesNotContain(jwks.Keys, key => key.KeyId == retiring.Kid);
    }

    [Fact]
    public void A_long_token_lifetime_keeps_a_retired_key_published_for_longer()
    {
        var now = _clock.GetUtcNow();
        var retired = OpenRing.MakeSigningKey("ES256", now.AddDays(-30), retiredAt: now.AddHours(-20));
        var settings = OpenRing.Settings() with { AccessTokenLifetime = TimeSpan.FromHours(24) };
        var ring = OpenRing.Of(With(retired));

        Assert.Contains(retired.Kid, Kids(new Jwks(ring, settings, _clock)));
        Assert.DoesNotContain(retired.Kid, Kids(Document(ring)));
    }

    [Fact]
    public void New_keys_in_the_ring_are_in_the_document_at_once()
    {
        var ring = OpenRing.Of();
        var jwks = Document(ring);
        var before = jwks.ETag;
        var added = OpenRing.MakeSigningKey("ES256", _clock.GetUtcNow().AddDays(1));

        ring.Use(With(added), OpenRing.Master);

        Assert.NotEqual(before, jwks.ETag);
        Assert.Contains(added.Kid, Kids(jwks));
    }

    private static StoredKeys With(params SigningKey[] keys) => OpenRing.Rows with { Signing = [.. OpenRing.Rows.Signing, .. keys] };

    private static IEnumerable<string> Kids(Jwks jwks) => Read(jwks).Select(k => k["kid"]);

    private static int Length(string base64Url) => Base64UrlEncoder.DecodeBytes(base64Url).Length;

    private static List<Dictionary<string, string>> Read(Jwks jwks) =>
        JsonSerializer.Deserialize<Dictionary<string, List<Dictionary<string, string>>>>(jwks.Json.Span)!["keys"];

    private List<Dictionary<string, string>> Read(KeyRing ring) => Read(Document(ring));

    private Jwks Document(KeyRing ring) => new(ring, OpenRing.Settings(), _clock);
}
