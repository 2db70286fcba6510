namespace KOauth.Protocol;

/// <summary>What is wrong with a question about a token, or with a token that is shown to this server itself.</summary>
internal static partial class Reasons
{
    public static readonly Reason ResourceSecretWrong = new("resource_secret_wrong", "invalid_client", ClientWire, AppBroken,
        "The id is a resource's, and the secret is not. Make a new one and give it to the MCP server.");

    public static readonly Reason CredentialsMissing = new("credentials_missing", "invalid_client", ClientWire, AppBroken,
        "Somebody asked about a token without saying who asks. An MCP server does that with its own id and secret.");

    public static readonly Reason IntrospectionByPublicClient = new("introspection_by_public_client", "invalid_client",
        "Only a server or client that proves itself may ask about tokens.", AppBroken,
        "A client without a secret asked about a token; anybody could claim to be it.");

    public static readonly Reason TokenOfAnotherClient = new("token_of_another_client", "invalid_request",
        "The token was not issued to this client.", AppBroken, "A client wanted to revoke a token of another client. It stays valid.");

    public static readonly Reason AccessTokenMissing = new("access_token_missing", "invalid_request",
        "There is no access token.", AppBroken, "The request had no access token in its Authorization header.");

    public static readonly Reason AccessTokenTwice = new("access_token_twice", "invalid_request",
        "The access token must be sent once, in the Authorization header or in the form.", AppBroken,
        "The access token came twice, or in the address, where it ends up in logs (RFC 6750 section 2).");

    public static readonly Reason OpenIdScopeMissing = new("openid_scope_missing", "insufficient_scope",
        "The token does not have the scope openid.", AppBroken, "The token does not say that the app may know who the person is.");
}
