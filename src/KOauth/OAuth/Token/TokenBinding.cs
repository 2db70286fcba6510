using KOauth.Clients;
using KOauth.Grants.DPoP;
using KOauth.Protocol;

namespace KOauth.OAuth.Token;

/// <summary>
/// Takes the DPoP proof of a token request (RFC 9449 §5). Whatever tokens the grant then decides on are bound to its key; a client that
/// is registered for bound tokens gets no others.
/// </summary>
internal sealed class TokenBinding(ProofCheck proofs)
{
    public async ValueTask<Refusal?> TakeAsync(HttpContext http, OAuthForm request, Client client)
    {
        if (!ProofCheck.IsThere(http))
        {
            return client.RequiresBoundTokens
                ? new Refusal(Reasons.DpopProofMissing) { Fix = $"koauth client update {client.ClientId} --dpop=false" }
                : null;
        }

        if (!(await proofs.CheckAsync(http, TokenEndpoint.Path, accessToken: null, needsNonce: true)).Ok(out var proof, out var refusal))
        {
            return refusal;
        }

        request.ProvedKey = proof.Key;
        return null;
    }
}
