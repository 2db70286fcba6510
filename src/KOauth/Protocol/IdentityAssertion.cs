using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace KOauth.Protocol;

/// <summary>
/// An Identity Assertion JWT Authorization Grant (ID-JAG, draft-ietf-oauth-identity-assertion-authz-grant): an identity provider says
/// that this person may use this client at this resource. Taken apart here; who signed it is asked elsewhere.
/// </summary>
internal sealed record IdentityAssertion(CompactJws Jws, string Issuer, string Subject, string ClientId, string Resource, string Id, DateTimeOffset IssuedAt)
{
    public const string Type = "oauth-id-jag+jwt";

    /// <summary>No identity provider writes more, and it is looked at before it is believed.</summary>
    public const int LongestText = 16 * 1024;

    /// <summary>By how much the provider's clock may be ahead. An assertion that has expired has expired.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    /// <summary>An assertion is for now (five minutes at most providers), not something to keep.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromHours(1);

    private const int LongestId = 256;
    private const int LongestSubject = 255; // OpenID Connect Core §2

    public DateTimeOffset? AuthenticatedAt => Jws.Instant("auth_time");

    /// <summary>The scopes the provider allows; null when it leaves that to us.</summary>
    public ScopeSet? Scopes => Jws.Payload.TryGetProperty("scope", out _) ? ScopeSet.Parse(Jws.Claim("scope")) : null;

    /// <summary>The thumbprint of the key it is bound to, if it is (RFC 9449 §6.1).</summary>
    public string? Thumbprint => Jws.Payload.TryGetProperty("cnf", out var cnf)
        ? cnf.ValueKind == JsonValueKind.Object ? CompactJws.StringOf(cnf, "jkt") ?? "" : ""
        : null;

    /// <summary>The id of the one grant it becomes: the same assertion a second time meets the first one's row, on every node.</summary>
    public Guid GrantId => new(SHA256.HashData(Encoding.UTF8.GetBytes($"{Type}\n{Issuer}\n{Id}")).AsSpan(0, 16));

    /// <summary>The assertion, or null and what is wrong with it, in words that follow "The assertion:".</summary>
    public static IdentityAssertion? Read(string text, out string problem)
    {
        if (CompactJws.Read(text, LongestText, out problem) is not { } jws)
        {
            return null;
        }

        if (!Type.Equals(jws.Type, StringComparison.OrdinalIgnoreCase))
        {
            problem = $"its type is not '{Type}'";
            return null;
        }

        if (jws.Header.TryGetProperty("jwk", out _))
        {
            problem = "its header brings a key along";
            return null;
        }

        problem = $"it lacks 'iss', 'sub', 'client_id', 'resource' (one), 'jti' (at most {LongestId} characters) or 'iat'";
        return jws.Claim("iss") is { } issuer
            && jws.Claim("sub") is { Length: <= LongestSubject } subject
            && jws.Claim("client_id") is { } client
            && One(jws, "resource") is { } resource
            && jws.Claim("jti") is { Length: <= LongestId } id
            && jws.Instant("iat") is { } at
                ? new IdentityAssertion(jws, issuer, subject, client, resource, id, at)
                : null;
    }

    /// <summary>Why it does not count here and now, or null.</summary>
    public string? WhyNot(string audience, string clientId, DateTimeOffset now)
    {
        if (One(Jws, "aud") != audience)
        {
            return "its 'aud' is not this server's issuer, alone";
        }

        if (ClientId != clientId)
        {
            return "its 'client_id' is not the client that presents it";
        }

        if (Jws.Instant("exp") is not { } until || until <= now)
        {
            return "it has expired, or has no 'exp'";
        }

        if (IssuedAt > now + Skew || (Jws.Payload.TryGetProperty("nbf", out _) && !(Jws.Instant("nbf") <= now + Skew)))
        {
            return "it is from the future: its 'iat' or 'nbf' is yet to come, so one of the clocks is wrong";
        }

        return until - IssuedAt > LongestLife ? $"it lives longer than {LongestLife.TotalMinutes:0} minutes" : null;
    }

    /// <summary>A claim that is a text, or a list of exactly one: a second audience could use it too.</summary>
    private static string? One(CompactJws jws, string name) =>
        jws.Payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? value.GetArrayLength() == 1 && value[0].ValueKind == JsonValueKind.String ? value[0].GetString() : null
            : jws.Claim(name);
}
