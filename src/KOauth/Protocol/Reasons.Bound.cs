namespace KOauth.Protocol;

/// <summary>Why a token that is bound to a key is refused (RFC 9449).</summary>
internal static partial class Reasons
{
    public static readonly Reason DpopProofMissing = new("dpop_proof_missing", "invalid_dpop_proof",
        "A DPoP proof is required.", AppBroken, "The client is registered for tokens bound to a key, and the request had no DPoP proof.");

    public static readonly Reason DpopProofInvalid = new("dpop_proof_invalid", "invalid_dpop_proof",
        "The DPoP proof is not valid.", AppBroken, "The DPoP proof is malformed, not for this request, too old, or signed wrongly.");

    public static readonly Reason DpopProofReplayed = new("dpop_proof_replayed", "invalid_dpop_proof",
        "The DPoP proof is not valid.", AppBroken, "The same DPoP proof was used before: an app that does not make a new one for each request, or somebody who copied it.");

    public static readonly Reason DpopNonceMissing = new("dpop_nonce_missing", "use_dpop_nonce",
        "The DPoP proof needs the nonce of the DPoP-Nonce header.", AppBroken,
        "The DPoP proof had no nonce. That is usual once: the app comes again at once with the nonce it was given.");

    public static readonly Reason DpopNonceStale = new("dpop_nonce_stale", "use_dpop_nonce",
        "The DPoP proof needs the nonce of the DPoP-Nonce header.", AppBroken, "The nonce of the DPoP proof is an old one. The app comes again with the new one.");

    public static readonly Reason DpopSchemeWrong = new("dpop_scheme_wrong", "invalid_token",
        "The access token is not valid.", AppBroken, "A token bound to a key was sent as Bearer, or a bearer token as DPoP.");

    public static readonly Reason DpopThumbprintMalformed = new("dpop_jkt_malformed", "invalid_request",
        "dpop_jkt must be 43 characters of base64url.", AppBroken, "The dpop_jkt parameter is not a SHA-256 thumbprint in base64url.");

    public static readonly Reason DpopThumbprintDiffers = new("dpop_jkt_differs", "invalid_request",
        "dpop_jkt is not the key of the DPoP proof.", AppBroken, "The pushed request had a DPoP proof of one key and named another in dpop_jkt.");

    public static readonly Reason CodeOfAnotherKey = new("code_of_another_key", "invalid_grant", CodeWire, AppBroken,
        "The code is bound to a DPoP key (dpop_jkt), and the request did not prove to have it.");

    public static readonly Reason RefreshOfAnotherKey = new("refresh_of_another_key", "invalid_grant", RefreshWire, AppBroken,
        "The refresh token is bound to a DPoP key, and the request did not prove to have it. Somebody may have copied the token.");

    public static readonly Reason RefreshBindingLate = new("refresh_binding_late", "invalid_grant", RefreshWire, AppBroken,
        "The connection was made without DPoP, and a public client cannot begin with it on refresh. The app starts the connection again.");
}
