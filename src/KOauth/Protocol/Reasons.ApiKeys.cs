namespace KOauth.Protocol;

/// <summary>What is refused around API keys.</summary>
internal static partial class Reasons
{
    public static readonly Reason ApiKeyWishInvalid = new("api_key_wish_invalid", "invalid_request",
        "The request is not one for an API key: see expected.", "This key cannot be made.", "What was asked for is no API key.");

    public static readonly Reason ApiKeysTooMany = new("api_keys_too_many", "invalid_request",
        "There are too many API keys already.", "You have as many keys as one account may have. End one that you no longer use.", "One account may have 50 API keys.");

    public static readonly Reason ApiKeyOfAnother = new("api_key_of_another", "access_denied",
        "API keys are made for oneself only.", "A key is made by the person it belongs to.", "Somebody named another account when making an API key.");

    public static readonly Reason ApiKeyGuessed = new("api_key_guessed", "temporarily_unavailable",
        "Too many wrong keys. Try again later.", "Too many wrong keys. Try again later.", "Somebody guesses: many wrong keys came with the beginning of a real one.");

    public static readonly Reason ApiKeyWrong = new("api_key_wrong", "invalid_key",
        "The key is unknown, has ended, or is for another server.", "The key is not valid.", "The API key is unknown, has ended, or is for another resource.");

    public static readonly Reason NotSignedIn = new("not_signed_in", "unauthorized",
        "Sign in first.", "Sign in first.", "The request came without a session.");

    public static readonly Reason RequestForeign = new("request_foreign", "access_denied",
        "The request did not come from a page of this server.", "This request did not come from this site.", "Another origin sent a request that changes something.");

    public static readonly Reason ValidatorUnknown = new("validator_unknown", "invalid_client",
        "The resource's id or secret is wrong.", "The server could not prove who it is.", "Whoever asks about an API key did not prove to be a resource's server.");
}
