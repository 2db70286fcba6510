namespace KOauth.Protocol;

/// <summary>Why an access token that came back is not accepted, or not exchanged for another (RFC 8693).</summary>
internal static partial class Reasons
{
    private const string SubjectWire = "The subject_token is not valid, or not one this client may exchange.";

    public static readonly Reason AccessTokenInvalid = new("access_token_invalid", "invalid_token",
        "The access token is not valid.", AppBroken, "The access token is not one of this server, expired, revoked, or its connection has ended.");

    public static readonly Reason ExchangeSubjectInvalid = new("exchange_subject_invalid", "invalid_request", SubjectWire, AppBroken,
        "The token to exchange is not one of this server, expired, revoked, or its connection has ended.");

    public static readonly Reason ExchangeSubjectOfAnother = new("exchange_subject_of_another", "invalid_request", SubjectWire, AppBroken,
        "The token to exchange is for a server that this client does not speak for.");

    public static readonly Reason ExchangeTypeUnsupported = new("exchange_type_unsupported", "invalid_request",
        "This kind of token cannot be exchanged, or not for that kind.", AppBroken, "The types of the token to exchange and of the wanted one do not go together here.");

    public static readonly Reason ExchangeActorUnsupported = new("exchange_actor_unsupported", "invalid_request",
        "Send no actor_token: the client itself is the actor.", AppBroken, "The request named an actor; here the authenticated client is the actor.");

    public static readonly Reason ExchangeTargetNotAllowed = new("exchange_target_not_allowed", "invalid_target",
        "The client may not exchange tokens for this target.", AppBroken, "The target is not one that an administrator allowed this client (--exchange-targets).");

    public static readonly Reason ExchangeChainTooLong = new("exchange_chain_too_long", "invalid_request", SubjectWire, AppBroken,
        "Too many servers stand behind one another in the token: it was exchanged again and again.");
}
