using KOauth.Protocol;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace KOauth.Keys;

/// <summary>Whether this server signed a token, with a key whose signatures are still believed.</summary>
internal sealed class OwnSignatures(Jwks jwks)
{
    private readonly JsonWebTokenHandler _jose = new();

    /// <param name="jws">The token.</param>
    /// <param name="algorithms">Those that this kind of token is signed with; the key must be of the same.</param>
    public async ValueTask<bool> MadeAsync(CompactJws jws, params IReadOnlyList<string> algorithms)
    {
        if (jws.Algorithm is not { } algorithm || !algorithms.Contains(algorithm) || CompactJws.StringOf(jws.Header, "kid") is not { } kid)
        {
            return false;
        }

        foreach (var key in jwks.Keys)
        {
            if (key.KeyId == kid && key is ECDsaSecurityKey == (algorithm == SigningAlgorithms.ES256))
            {
                return (await _jose.ValidateTokenAsync(jws.Text, RulesWith(key, algorithm))).IsValid;
            }
        }

        return false;
    }

    private static TokenValidationParameters RulesWith(SecurityKey key, string algorithm) => new()
    {
        IssuerSigningKeyResolver = (_, _, _, _) => [key],
        ValidAlgorithms = [algorithm],
        ValidateIssuer = false,
        ValidateAudience = false,
        ValidateLifetime = false,
        RequireExpirationTime = false,
    };
}
