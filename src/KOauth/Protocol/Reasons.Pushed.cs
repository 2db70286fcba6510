namespace KOauth.Protocol;

/// <summary>What is wrong with a pushed authorization request (RFC 9126).</summary>
internal static partial class Reasons
{
    private const string PushedWire = "The request_uri is not valid, or not any more. Push the request again.";

    public static readonly Reason PushedRequestNested = new("pushed_request_nested", "invalid_request",
        "request_uri cannot be pushed.", AppBroken, "The pushed request named a request_uri (RFC 9126 section 2.1).");

    public static readonly Reason PushedRequestUnreadable = new("pushed_request_unreadable", "invalid_request_uri", PushedWire,
        $"This link is not whole, or not of this server. {StartAgain}", "The request_uri was changed, cut off, or is from another server.");

    public static readonly Reason PushedRequestOfAnotherClient = new("pushed_request_of_another_client", "invalid_request_uri", PushedWire,
        AppBroken, "The request_uri was pushed by another client than the one that uses it.");

    public static readonly Reason PushedRequestExpired = new("pushed_request_expired", "invalid_request_uri", PushedWire,
        $"This link is too old. {StartAgain}", "The request_uri was used more than 60 seconds after it was pushed.");

    public static readonly Reason PushedRequestRequired = new("pushed_request_required", "invalid_request",
        "This client must push its authorization requests.", AppBroken, "The client is registered to push its requests, and its browser brought one that was not pushed.");
}
