using System.Buffers.Text;
using System.Security.Cryptography;
using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Protocol.DPoP;

namespace KOauth.Grants.DPoP;

/// <summary>
/// Checks the DPoP proof of a request to this server (RFC 9449 §4.3). Where a nonce is demanded and why is in
/// docs/decisions/0010-bound-tokens.md.
/// </summary>
internal sealed class ProofCheck(KOauthSettings settings, ProofNonces nonces, SeenProofs seen, TimeProvider clock)
{
    public static bool IsThere(HttpContext http) => http.Request.Headers.ContainsKey(Proof.Header);

    /// <summary>The proof, if it is for this request and was never seen.</summary>
    /// <param name="http">The request; its answer carries the nonce for the next proof.</param>
    /// <param name="path">The path below the issuer that was asked.</param>
    /// <param name="accessToken">The access token it is presented with, or null at the token endpoint.</param>
    /// <param name="needsNonce">Whether a proof without a nonce is refused; a wrong nonce always is.</param>
    public async ValueTask<Outcome<Proof>> CheckAsync(HttpContext http, string path, string? accessToken, bool needsNonce)
    {
        http.Response.Headers[Proof.NonceHeader] = nonces.Current;
        var headers = http.Request.Headers[Proof.Header];
        if (headers is not [{ Length: > 0 } text])
        {
            return new Refusal(headers.Count > 1 ? Reasons.DpopProofInvalid : Reasons.DpopProofMissing) { Detail = "There must be exactly one DPoP header." };
        }

        var (proof, problem) = await Proof.ReadAsync(text);
        problem ??= proof!.WhyNotFor(http.Request.Method, settings.Issuer.Value + path, clock.GetUtcNow(), accessToken);
        if (problem is not null)
        {
            return new Refusal(Reasons.DpopProofInvalid) { Detail = $"The proof: {problem}." };
        }

        if (proof!.Nonce is { } nonce ? !nonces.IsRight(nonce) : needsNonce)
        {
            return proof.Nonce is null ? Reasons.DpopNonceMissing : Reasons.DpopNonceStale;
        }

        return seen.TryAdd(proof) ? proof : Reasons.DpopProofReplayed;
    }

    /// <summary>
    /// For endpoints of this server that take access tokens: a bound one only under the scheme DPoP with a proof of its key, any other
    /// only as Bearer (RFC 9449 §7.1, §7.2). Null when all is well.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="path">The path below the issuer that was asked.</param>
    /// <param name="accessToken">The access token as it came.</param>
    /// <param name="isDpop">Whether it came under the scheme DPoP.</param>
    /// <param name="thumbprint">Its <c>cnf.jkt</c>, or null.</param>
    public async ValueTask<Refusal?> WhyNotPresentedAsync(HttpContext http, string path, string accessToken, bool isDpop, string? thumbprint)
    {
        if (thumbprint is null)
        {
            return isDpop ? new Refusal(Reasons.DpopSchemeWrong) { Expected = "Bearer", Received = "DPoP" } : null;
        }

        if (!isDpop)
        {
            return new Refusal(Reasons.DpopSchemeWrong) { Expected = "DPoP", Received = "Bearer" };
        }

        if (!(await CheckAsync(http, path, accessToken, needsNonce: false)).Ok(out var proof, out var refusal))
        {
            return refusal;
        }

        return IsOf(proof.Key, thumbprint) ? null : new Refusal(Reasons.DpopProofInvalid) { Detail = "The proof: it was made with another key than the token is bound to." };
    }

    /// <summary>The 32 bytes of a thumbprint as <c>dpop_jkt</c> and <c>jkt</c> spell it, or null for anything else.</summary>
    public static byte[]? ReadThumbprint(string text) =>
        CompactJws.TryDecode(text, out var bytes) && bytes.Length == SHA256.HashSizeInBytes ? bytes : null;

    private static bool IsOf(byte[] key, string thumbprint) => Base64Url.EncodeToString(key) == thumbprint;
}
