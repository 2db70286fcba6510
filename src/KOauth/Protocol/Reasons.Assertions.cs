namespace KOauth.Protocol;

/// <summary>Why an identity provider's assertion about a person is refused (RFC 7523, ID-JAG).</summary>
internal static partial class Reasons
{
    private const string AssertionWire = "The assertion is not valid. Ask the identity provider for a new one.";

    public static readonly Reason AssertionInvalid = new("assertion_invalid", "invalid_grant", AssertionWire, AppBroken,
        "The assertion is malformed, not for this server or client, expired, or signed wrongly.");

    public static readonly Reason AssertionIssuerUnknown = new("assertion_issuer_unknown", "invalid_grant", AssertionWire, AppBroken,
        "The assertion is from an identity provider that is not named in KOAUTH_ASSERTION_ISSUERS.");

    public static readonly Reason AssertionKeysUnavailable = new("assertion_keys_unavailable", "temporarily_unavailable",
        "The identity provider's keys cannot be read. Try again in a moment.", AppBroken,
        "The keys of the identity provider cannot be read, so nobody can say whether the assertion is real.");

    public static readonly Reason AssertionReplayed = new("assertion_replayed", "invalid_grant", AssertionWire, AppBroken,
        "The assertion was used before. Each may be used once.");

    public static readonly Reason AssertionSubjectUnknown = new("assertion_subject_unknown", "invalid_grant", AssertionWire, AppBroken,
        "The assertion speaks of somebody who is linked to no account here. Accounts are never linked by e-mail address.");

    public static readonly Reason AssertionUserDisabled = new("assertion_user_disabled", "invalid_grant", AssertionWire, AppBroken,
        "The account that the assertion speaks of is disabled.");

    public static readonly Reason AssertionResource = new("assertion_resource", "invalid_grant", AssertionWire, AppBroken,
        "The resource of the assertion is not registered here, or not one this client may ask for.");

    public static readonly Reason AssertionOfAnotherKey = new("assertion_of_another_key", "invalid_grant", AssertionWire, AppBroken,
        "The assertion is bound to a DPoP key, and the request did not prove to have it.");

    public static readonly Reason IdentityTaken = new("identity_taken", "invalid_request",
        "This identity is linked to another account.", AppBroken, "The subject of this issuer is linked to another account.");

    public static readonly Reason IdentityInvalid = new("identity_invalid", "invalid_request",
        "The issuer or the subject is not acceptable.", AppBroken, "The issuer or the subject to link is not acceptable.");
}
