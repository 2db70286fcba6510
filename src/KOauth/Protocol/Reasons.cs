namespace KOauth.Protocol;

/// <summary>
/// Every reason KOauth refuses anything for: one line of the troubleshooting table each. A test proves that each can be provoked,
/// and that ids are unique and every sentence is one.
/// </summary>
internal static partial class Reasons
{
    private const string CodeWire = "The authorization code is not valid any more. Start the connection again.";
    private const string RefreshWire = "The refresh token is not valid any more. Start the connection again.";
    private const string ClientWire = "The client could not be authenticated.";
    private const string AppBroken = "The app asked in a way this server does not understand. Tell whoever makes it the reference below.";
    private const string StartAgain = "Start again in your app.";

    // --- redirect URIs and clients: told on our own page, never by redirect, because nothing proves where it would lead
    public static readonly Reason RedirectUriInvalid = new("redirect_uri_invalid", "invalid_redirect_uri",
        "The redirect URI is not acceptable.",
        "The app named a return address that is not allowed. Nothing was sent there.",
        "The redirect URI breaks a rule for every client.");

    public static readonly Reason RedirectUriMissing = new("redirect_uri_missing", "invalid_request",
        "The redirect_uri parameter is missing.",
        "The app did not say where to return to.",
        "The request had no redirect_uri and the client has not exactly one registered.");

    public static readonly Reason RedirectUriMismatch = new("redirect_uri_mismatch", "invalid_request",
        "The redirect_uri is not registered for this client.",
        "The app named a return address that it is not registered with. Nothing was sent there.",
        "The redirect URI of the request is none of those registered for the client.");

    public static readonly Reason ClientIdMissing = new("client_id_missing", "invalid_request",
        "The client_id parameter is missing.", AppBroken, "The request named no client.");

    public static readonly Reason ClientUnknown = new("client_unknown", "invalid_client", ClientWire,
        "The app is not registered with this server. Remove the connection in the app and add it again, or ask whoever runs this server.",
        "No client has this id.");

    public static readonly Reason SecretAsClientId = new("secret_as_client_id", "invalid_client", ClientWire,
        "The app sent its secret where its id belongs. Swap the two fields in the app's settings, and replace the secret: it has been shown in an address.",
        "The client secret was typed into the field for the client id. The secret has been exposed: rotate it.");

    public static readonly Reason ClientInactive = new("client_inactive", "invalid_client", ClientWire,
        "The app has been switched off by whoever runs this server.",
        "The client is inactive.");

    public static readonly Reason ParameterRepeated = new("parameter_repeated", "invalid_request",
        "A parameter is sent more than once.", AppBroken, "A parameter came more than once (RFC 6749 section 3.1).");

    public static readonly Reason RequestTooLarge = new("request_too_large", "invalid_request",
        "The request is too large.", AppBroken, "The request is larger than any honest one.");

    // --- what a client or resource may be: told to whoever registers or changes it, with the detail
    public static readonly Reason ClientIdInvalid = new("client_id_invalid", "invalid_client_metadata",
        "The client id is not acceptable.", AppBroken, "The wanted client id breaks the rule for ids.");

    public static readonly Reason ClientIdTaken = new("client_id_taken", "invalid_client_metadata",
        "There is a client with this id already.", AppBroken, "The wanted client id belongs to another client.");

    public static readonly Reason ClientMetadataInvalid = new("client_metadata_invalid", "invalid_client_metadata",
        "A property of the client is not acceptable.", AppBroken, "A property of the client breaks a rule for every client.");

    public static readonly Reason TrustRefused = new("trust_refused", "invalid_client_metadata",
        "This client cannot be trusted.", AppBroken, "Only a client that proves itself, and that an administrator registered, may go without consent.");

    public static readonly Reason ResourceTaken = new("resource_taken", "invalid_target",
        "The resource is registered already.", AppBroken, "Another resource has this URL or this audience.");

    // --- the authorization request: told by redirect once client and redirect URI are known to belong together
    public static readonly Reason ResponseTypeMissing = new("response_type_missing", "invalid_request",
        "The response_type parameter is missing.", AppBroken, "The request had no response_type.");

    public static readonly Reason ResponseTypeUnsupported = new("response_type_unsupported", "unsupported_response_type",
        "Only response_type=code is supported.", AppBroken, "Only the code flow exists here.");

    public static readonly Reason ResponseModeUnsupported = new("response_mode_unsupported", "invalid_request",
        "Only response_mode=query is supported.", AppBroken, "The request asked for another response mode than query.");

    public static readonly Reason RequestObjectUnsupported = new("request_object_unsupported", "request_not_supported",
        "The request parameter is not supported.", AppBroken, "The request came as a JWT, which is not supported.");

    public static readonly Reason RequestUriUnsupported = new("request_uri_unsupported", "request_uri_not_supported",
        "The request_uri parameter is not supported.", AppBroken, "The request named a request_uri, which is not fetched.");

    public static readonly Reason PkceMissing = new("pkce_missing", "invalid_request",
        "code_challenge is required, with code_challenge_method=S256.", AppBroken, "The request had no code_challenge; PKCE is required of every client.");

    public static readonly Reason PkceMethodUnsupported = new("pkce_method_unsupported", "invalid_request",
        "code_challenge_method must be S256.", AppBroken, "The request did not use the PKCE method S256.");

    public static readonly Reason PkceChallengeMalformed = new("pkce_challenge_malformed", "invalid_request",
        "code_challenge must be 43 characters of base64url.", AppBroken, "The code_challenge is not a SHA-256 hash in base64url.");

    public static readonly Reason StateTooLong = new("state_too_long", "invalid_request",
        "The state parameter is too long.", AppBroken, "The state is longer than 8192 bytes.");

    public static readonly Reason NonceTooLong = new("nonce_too_long", "invalid_request",
        "The nonce parameter is too long.", AppBroken, "The nonce does not fit into a code.");

    public static readonly Reason PromptUnsupported = new("prompt_unsupported", "invalid_request",
        "prompt=none cannot be combined with other values.", AppBroken, "The prompt parameter contradicts itself.");

    public static readonly Reason MaxAgeMalformed = new("max_age_malformed", "invalid_request",
        "max_age must be a number of seconds.", AppBroken, "The max_age parameter is not a number.");

    public static readonly Reason ResourceInvalid = new("resource_invalid", "invalid_target",
        "The resource is not acceptable.", AppBroken, "The resource parameter is not a URL a server could have.");

    public static readonly Reason ResourceUnknown = new("resource_unknown", "invalid_target",
        "The resource is not known here.",
        "The app wants to use a server that is not registered here. Ask whoever runs this server.",
        "The resource is not registered.");

    public static readonly Reason ResourceAmbiguous = new("resource_ambiguous", "invalid_target",
        "More than one resource is named; name exactly one.", AppBroken, "The request named several different resources; a token has one audience.");

    public static readonly Reason ResourceMissing = new("resource_missing", "invalid_target",
        "The resource parameter is missing and no default applies.", AppBroken, "The request named no resource, and the client has not exactly one.");

    public static readonly Reason ResourceNotForClient = new("resource_not_for_client", "invalid_target",
        "The resource is not available to this client.",
        "The app may not use this server. Ask whoever runs it.",
        "The client is registered for other resources only.");

    public static readonly Reason LoginRequired = new("login_required", "login_required",
        "The user must sign in.", StartAgain, "prompt=none, and nobody is signed in.");

    public static readonly Reason ConsentRequired = new("consent_required", "consent_required",
        "The user must approve.", StartAgain, "prompt=none, and the person has not approved.");

    public static readonly Reason ConsentDenied = new("consent_denied", "access_denied",
        "The user denied the request.", "You said no. Nothing was shared.", "The person pressed Cancel.");

    // --- the steps in the browser
    public static readonly Reason TicketInvalid = new("ticket_invalid", "invalid_request",
        "The request is not valid.", $"This page is out of date. {StartAgain}", "The sealed ticket of the flow cannot be read: changed, cut off, or from another server.");

    public static readonly Reason TicketExpired = new("ticket_expired", "invalid_request",
        "The request has expired.", $"This page was open for too long. {StartAgain}", "The flow was started more than an hour ago.");

    public static readonly Reason TicketOfAnotherBrowser = new("ticket_of_another_browser", "invalid_request",
        "The request was started in another browser.", $"This was started in another browser. {StartAgain}",
        "The flow belongs to another browser, or the browser sends no cookies.");

    public static readonly Reason TicketSpent = new("ticket_spent", "invalid_request",
        "The request has been answered already.", $"This has been answered already. {StartAgain}", "The flow was answered before.");

    public static readonly Reason TicketOfAnotherUser = new("ticket_of_another_user", "invalid_request",
        "The request was shown to another user.", $"Somebody else is signed in by now. {StartAgain}", "The consent page was shown to another account than the one that answered.");

    public static readonly Reason SignInFailed = new("sign_in_failed", "access_denied",
        "Sign-in failed.", "The e-mail address or the password is wrong.", "A wrong password, or no such account.");

    public static readonly Reason SignInThrottled = new("sign_in_throttled", "access_denied",
        "Too many attempts.", "Too many attempts. Wait a moment and try again.", "Too many wrong passwords for this account or from this address.");

    public static readonly Reason SignInBusy = new("sign_in_busy", "temporarily_unavailable",
        "Too many sign-ins at once.", "Many people are signing in right now. Try again in a few seconds.", "The queue for password checks is full.");

    public static readonly Reason UserDisabled = new("user_disabled", "access_denied",
        "Sign-in failed.", "The e-mail address or the password is wrong.", "The account is disabled.");

    public static readonly Reason SetupLinkInvalid = new("setup_link_invalid", "access_denied",
        "The link is not valid.", "This link is not valid any more. Make a new one with: koauth setup-link", "The setup link is unknown, expired or used.");

    // --- the token endpoint
    public static readonly Reason ContentTypeUnsupported = new("content_type_unsupported", "invalid_request",
        "Send the parameters as application/x-www-form-urlencoded.", AppBroken, "The body of the token request is not a form.");

    public static readonly Reason ParametersInQuery = new("parameters_in_query", "invalid_request",
        "Send the parameters in the body, not in the query.", AppBroken, "Parameters of the token request came in the query, where they end up in logs.");

    public static readonly Reason GrantTypeMissing = new("grant_type_missing", "invalid_request",
        "The grant_type parameter is missing.", AppBroken, "The request had no grant_type.");

    public static readonly Reason GrantTypeUnsupported = new("grant_type_unsupported", "unsupported_grant_type",
        "The grant type is not supported.", AppBroken, "The grant type does not exist here.");

    public static readonly Reason GrantTypeNotAllowed = new("grant_type_not_allowed", "unauthorized_client",
        "The client may not use this grant type.", AppBroken, "The client is not registered for this grant type.");

    public static readonly Reason ParameterMissing = new("parameter_missing", "invalid_request",
        "A required parameter is missing.", AppBroken, "A required parameter is missing.");

    public static readonly Reason CredentialsTwice = new("credentials_twice", "invalid_request",
        "Send the client credentials once, in the header or in the body.", AppBroken, "Client credentials came in the Authorization header and in the body.");

    public static readonly Reason CredentialsMalformed = new("credentials_malformed", "invalid_client", ClientWire, AppBroken,
        "The Authorization header is not readable Basic.");

    public static readonly Reason ClientIdContradiction = new("client_id_contradiction", "invalid_client", ClientWire, AppBroken,
        "The client_id of the body is another than that of the Authorization header.");

    public static readonly Reason SecretMissing = new("secret_missing", "invalid_client", ClientWire, AppBroken,
        "The client has a secret and sent none.");

    public static readonly Reason SecretUnexpected = new("secret_unexpected", "invalid_client",
        "This client is public; send no secret.", AppBroken, "The client is public and sent a secret.");

    public static readonly Reason SecretWrong = new("secret_wrong", "invalid_client", ClientWire, AppBroken, "The secret is wrong.");

    public static readonly Reason AssertionUnsupported = new("assertion_unsupported", "invalid_client", ClientWire, AppBroken,
        "The client sent a client assertion, which it is not registered for.");

    public static readonly Reason CodeUnreadable = new("code_unreadable", "invalid_grant", CodeWire, AppBroken,
        "The code cannot be read: changed, cut off, or not from this server.");

    public static readonly Reason CodeExpired = new("code_expired", "invalid_grant", CodeWire, AppBroken,
        "The code was redeemed more than 60 seconds after it was issued.");

    public static readonly Reason CodeOfAnotherClient = new("code_of_another_client", "invalid_grant", CodeWire, AppBroken,
        "The code was issued to another client.");

    public static readonly Reason CodeRedirectUriDiffers = new("code_redirect_uri_differs", "invalid_grant", CodeWire, AppBroken,
        "The redirect_uri is another than the one of the authorization request.");

    public static readonly Reason VerifierMissing = new("verifier_missing", "invalid_grant", CodeWire, AppBroken,
        "The request had no code_verifier.");

    public static readonly Reason VerifierMalformed = new("verifier_malformed", "invalid_grant", CodeWire, AppBroken,
        "The code_verifier is not 43 to 128 unreserved characters.");

    public static readonly Reason VerifierWrong = new("verifier_wrong", "invalid_grant", CodeWire, AppBroken,
        "The code_verifier does not fit the code_challenge.");

    public static readonly Reason CodeUsed = new("code_used", "invalid_grant", CodeWire, AppBroken,
        "The code was redeemed before.");

    public static readonly Reason GrantEnded = new("grant_ended", "invalid_grant", CodeWire, AppBroken,
        "The access was ended: the account was disabled or reset, the app disconnected, or everything revoked.");

    public static readonly Reason ResourceDiffers = new("resource_differs", "invalid_target",
        "The resource is another than the one approved.", AppBroken, "The resource is another than the one of the authorization.");

    public static readonly Reason ResourceGone = new("resource_gone", "invalid_grant", RefreshWire, AppBroken,
        "The resource of the grant is not registered any more.");

    public static readonly Reason ScopesGone = new("scopes_gone", "invalid_grant", RefreshWire, AppBroken,
        "Nothing of what was approved may be had any more: its scopes were taken from the client or the resource. The app starts the connection again.");

    public static readonly Reason ScopeEmpty = new("scope_empty", "invalid_scope",
        "None of the scopes was granted.", AppBroken, "Of the scopes asked for, none is part of the grant.");

    public static readonly Reason RefreshUnreadable = new("refresh_unreadable", "invalid_grant", RefreshWire, AppBroken,
        "The refresh token is not one of this server, or was changed.");

    public static readonly Reason RefreshUnknown = new("refresh_unknown", "invalid_grant", RefreshWire, AppBroken,
        "The grant of the refresh token does not exist any more.");

    public static readonly Reason RefreshOfAnotherClient = new("refresh_of_another_client", "invalid_grant", RefreshWire, AppBroken,
        "The refresh token was issued to another client.");

    public static readonly Reason RefreshGrantEnded = new("refresh_grant_ended", "invalid_grant", RefreshWire, AppBroken,
        "The grant has ended: revoked, disconnected, or the account was disabled or reset.");

    public static readonly Reason RefreshExpired = new("refresh_expired", "invalid_grant", RefreshWire, AppBroken,
        "The connection is older than it may become; the person signs in again.");

    public static readonly Reason RefreshIdle = new("refresh_idle", "invalid_grant", RefreshWire, AppBroken,
        "The connection was not used for too long; the person signs in again.");

    public static readonly Reason RefreshOtherSource = new("refresh_other_source", "invalid_grant", RefreshWire, AppBroken,
        "A superseded refresh token came from another network within the grace. Nothing was ended.");

    public static readonly Reason RefreshReused = new("refresh_reused", "invalid_grant", RefreshWire, AppBroken,
        "A refresh token was used again long after it was superseded. The grant was ended, because it may have been stolen.");

    public static readonly Reason RefreshFromTheFuture = new("refresh_from_the_future", "invalid_grant", RefreshWire, AppBroken,
        "The refresh token is newer than the database: it was restored from a backup.");

    public static readonly Reason Busy = new("busy", "temporarily_unavailable",
        "The server is busy. Try again in a moment.", "The server is busy. Try again in a moment.", "The queue of the ledger is full, or the database did not take the write.");

    public static readonly Reason ServerBroken = new("server_broken", "server_error",
        "The server made a mistake.", "Something went wrong here, not in your app. Whoever runs this server finds the reference in the log.", "An exception nobody expected; the log has it.");

    public static readonly Reason NotFound = new("not_found", "not_found", "There is nothing here.", "There is nothing at this address.", "Nothing answers at this path.");

    public static readonly Reason MethodNotAllowed = new("method_not_allowed", "invalid_request",
        "This method is not allowed here.", "There is nothing at this address.", "The path exists, but not with this method.");

    /// <summary>All of them, for the documents and the tests. Asked for late: fields of other parts must have been set before.</summary>
    public static IReadOnlyList<Reason> All =>
        field ??= [.. typeof(Reasons).GetFields().Where(f => f.FieldType == typeof(Reason)).Select(f => (Reason)f.GetValue(null)!)];
}
