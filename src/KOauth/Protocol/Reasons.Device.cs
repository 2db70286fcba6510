namespace KOauth.Protocol;

/// <summary>The device grant (RFC 8628).</summary>
internal static partial class Reasons
{
    private const string DeviceWire = "The device code is not valid any more. Start again.";

    public static readonly Reason DeviceSelfAsserted = new("device_self_asserted", "unauthorized_client",
        "The client may not use this grant type.", AppBroken,
        "The client registered itself. Only clients an administrator registered may use the device grant, because it is the favourite of phishers.");

    public static readonly Reason DeviceCodesTooMany = new("device_codes_too_many", "temporarily_unavailable",
        "The server is busy. Try again in a moment.", "The server is busy. Try again in a moment.", "Too many devices are waiting to be approved.");

    public static readonly Reason UserCodeUnknown = new("user_code_unknown", "access_denied",
        "The user code is not valid.", "This code is not valid. Look at your device again: the code may have changed.",
        "Nobody is waiting under the code that was typed, or it has expired.");

    public static readonly Reason UserCodeThrottled = new("user_code_throttled", "access_denied",
        "Too many attempts.", "Too many wrong codes. Wait a moment and try again.", "Too many wrong device codes were typed.");

    public static readonly Reason DeviceAnswered = new("device_answered", "invalid_request",
        "The request has been answered already.", "This code has been answered already, or has expired. Start again on your device.",
        "The device code was approved, denied or expired before.");

    public static readonly Reason DevicePending = new("device_pending", "authorization_pending",
        "The user has not answered yet.", AppBroken, "Nobody has approved the device yet.");

    public static readonly Reason DeviceTooFast = new("device_too_fast", "slow_down",
        "Poll less often: wait five seconds longer from now on.", AppBroken, "The device asks more often than it was told.");

    public static readonly Reason DeviceDenied = new("device_denied", "access_denied",
        "The user denied the request.", "You said no. Nothing was shared.", "The person said no to the device.");

    public static readonly Reason DeviceCodeExpired = new("device_code_expired", "expired_token",
        "The device code has expired. Start again.", AppBroken, "Nobody approved the device in time.");

    public static readonly Reason DeviceCodeUnknown = new("device_code_unknown", "invalid_grant", DeviceWire, AppBroken,
        "The device code is not one of this server, or is long over.");

    public static readonly Reason DeviceCodeOfAnotherClient = new("device_code_of_another_client", "invalid_grant", DeviceWire, AppBroken,
        "The device code was issued to another client.");
}
