using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using KOauth.Hosting;
using Microsoft.IdentityModel.Tokens;

namespace KOauth.Keys;

/// <summary>
/// The public keys as a document (RFC 7517 §5), built once and served as bytes. A key is in it from the moment it is made, before
/// it signs, until the last token it signed has expired.
/// </summary>
internal sealed class Jwks(KeyRing ring, KOauthSettings settings, TimeProvider clock)
{
    // Tokens end at most this long after they were made, even if the setting was longer yesterday; and clocks differ a little.
    private static readonly TimeSpan _longestToken = TimeSpan.FromHours(1);
    private static readonly TimeSpan _skew = TimeSpan.FromMinutes(10);

    private volatile Document? _document;

    public ReadOnlyMemory<byte> Json => Current.Json;

    /// <summary>Quoted, as the header wants it (RFC 9110 §8.8.3).</summary>
    public string ETag => Current.ETag;

    /// <summary>The keys whose signatures are still believed.</summary>
    public IReadOnlyList<AsymmetricSecurityKey> Keys => Current.Published;

    /// <summary>Until when a key is published that signs no more from <paramref name="retiredAt"/> on.</summary>
    public static DateTimeOffset UnpublishedAt(DateTimeOffset? retiredAt, KOauthSettings settings)
    {
        var longest = settings.AccessTokenLifetime > _longestToken ? settings.AccessTokenLifetime : _longestToken;
        return retiredAt is { } retired ? retired + longest + _skew : DateTimeOffset.MaxValue;
    }

    private Document Current
    {
        get
        {
            var (document, keys, now) = (_document, ring.Keys, clock.GetUtcNow());
            return document is not null && ReferenceEquals(document.Source, keys) && now < document.Until
                ? document
                : _document = Build(keys, now);
        }
    }

    private Document Build(KeySet keys, DateTimeOffset now)
    {
        var published = keys.Signing.Where(key => now < UnpublishedAt(key)).ToArray();
        var until = published.Length == 0 ? DateTimeOffset.MaxValue : published.Min(UnpublishedAt);
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("keys");
            foreach (var key in published)
            {
                Write(writer, key);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        var bytes = json.WrittenSpan.ToArray();
        var etag = $"\"{Base64Url.EncodeToString(SHA256.HashData(bytes).AsSpan(0, 16))}\"";
        return new Document(keys, until, bytes, etag, [.. published.Select(key => key.PublicKey)]);
    }

    private DateTimeOffset UnpublishedAt(OpenSigningKey key) => UnpublishedAt(key.RetiredAt, settings);

    private static void Write(Utf8JsonWriter writer, OpenSigningKey key)
    {
        writer.WriteStartObject();
        if (key.PublicKey is ECDsaSecurityKey { ECDsa: var ecdsa })
        {
            var parameters = ecdsa.ExportParameters(includePrivateParameters: false);
            writer.WriteString("kty", "EC");
            writer.WriteString("crv", "P-256");
            writer.WriteString("x", Base64Url.EncodeToString(parameters.Q.X));
            writer.WriteString("y", Base64Url.EncodeToString(parameters.Q.Y));
        }
        else
        {
            var parameters = ((RsaSecurityKey)key.PublicKey).Rsa.ExportParameters(includePrivateParameters: false);
            writer.WriteString("kty", "RSA");
            writer.WriteString("n", Base64Url.EncodeToString(parameters.Modulus));
            writer.WriteString("e", Base64Url.EncodeToString(parameters.Exponent));
        }

        writer.WriteString("use", "sig");
        writer.WriteString("alg", key.Algorithm);
        writer.WriteString("kid", key.Kid);
        writer.WriteEndObject();
    }

    private sealed record Document(
        KeySet Source, DateTimeOffset Until, byte[] Json, string ETag, IReadOnlyList<AsymmetricSecurityKey> Published);
}
