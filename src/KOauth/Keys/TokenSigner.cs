using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace KOauth.Keys;

/// <summary>Makes every JWT of this server. What a token says is decided by whoever calls.</summary>
internal sealed class TokenSigner(KeyRing ring, TimeProvider clock)
{
    // The claims are complete: the library must not add an iat, nbf or exp by its own clock.
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <param name="algorithm"><c>ES256</c> or <c>RS256</c>.</param>
    /// <param name="typ">The <c>typ</c> of the header, which keeps kinds of tokens apart (RFC 8725 §3.11), such as <c>at+jwt</c>.</param>
    /// <param name="claims">The payload, written in this order; times as whole seconds.</param>
    public string Sign(string algorithm, string typ, IDictionary<string, object> claims) =>
        _handler.CreateToken(new SecurityTokenDescriptor
        {
            Claims = claims,
            TokenType = typ,
            SigningCredentials = ring.Keys.SignerFor(algorithm, clock.GetUtcNow()).Credentials,
        });
}
