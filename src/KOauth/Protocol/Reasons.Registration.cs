namespace KOauth.Protocol;

/// <summary>Why an app could not register itself (RFC 7591).</summary>
internal static partial class Reasons
{
    public static readonly Reason RegistrationOff = new("registration_off", "not_found",
        "Apps cannot register themselves here. Ask whoever runs this server for a client id.",
        "This server does not let apps register themselves. Ask whoever runs it for a client id and enter it in the app.",
        "An app wanted to register itself, and registration is off (KOAUTH_REGISTRATION).");

    public static readonly Reason RegistrationNotJson = new("registration_not_json", "invalid_client_metadata",
        "The body must be one JSON object, sent as application/json, each member once.", AppBroken,
        "The registration was not a JSON object sent as application/json.");

    public static readonly Reason RegistrationsTooMany = new("registrations_too_many", "temporarily_unavailable",
        "Too many registrations. Try again later.",
        "Too many apps were registered from your network. Try again in a few minutes.",
        "More registrations came from one network than any honest app makes.");
}
