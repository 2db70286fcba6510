namespace KOauth.Stories;

/// <summary>The names of events, stable: log, story, documents and tests spell them alike.</summary>
internal static class StoryEvents
{
    public const string RegistrationReceived = "registration.received";
    public const string RegistrationRefused = "registration.refused";
    public const string AuthorizePushed = "authorize.pushed";
    public const string AuthorizeReceived = "authorize.received";
    public const string RedirectUriValidated = "redirect_uri.validated";
    public const string ScopesReduced = "scopes.reduced";
    public const string AuthorizeRefused = "authorize.refused";
    public const string LoginSucceeded = "login.succeeded";
    public const string LoginFailed = "login.failed";
    public const string ConsentShown = "consent.shown";
    public const string AuthorizationApproved = "authorization.approved";
    public const string AuthorizationDenied = "authorization.denied";
    public const string DeviceStarted = "device.started";
    public const string DeviceCodeTyped = "device.code_typed";
    public const string DeviceRefused = "device.refused";
    public const string CodeIssued = "code.issued";
    public const string TokenExchanged = "token.exchanged";
    public const string TokenIssuedToService = "token.issued_to_service";
    public const string TokenRevoked = "token.revoked";
    public const string IntrospectionRefused = "introspection.refused";
    public const string UserInfoRefused = "userinfo.refused";
    public const string TokenRefreshed = "token.refreshed";
    public const string TokenRefused = "token.refused";
    public const string TokenDelegated = "token.delegated";
    public const string AssertionIssued = "assertion.issued";
    public const string AssertionAccepted = "assertion.accepted";
    public const string TokenRefusedByServer = "token.refused_by_server";
    public const string TokenFirstUsed = "token.first_used";
    public const string GrantRevoked = "grant.revoked";
    public const string RequestFailed = "request.failed";

    /// <summary>What each means, for the documents.</summary>
    public static readonly IReadOnlyList<(string Name, string Meaning)> All =
    [
        (RegistrationReceived, "An app registered itself."),
        (RegistrationRefused, "An app wanted to register itself and was refused; the reason says why."),
        (AuthorizePushed, "The app sent its authorization request ahead, from server to server; the person's browser follows."),
        (AuthorizeReceived, "\"Authorization request received\": an app sent a person's browser to /oauth/authorize."),
        (RedirectUriValidated, "\"Redirect URI validated successfully\": the return address is one the client is registered with."),
        (AuthorizeRefused, "The authorization request was refused; the reason says why."),
        (DeviceStarted, "A device asked for a code that a person approves elsewhere."),
        (DeviceCodeTyped, "A person typed the code that a device shows."),
        (DeviceRefused, "The device, or the code a person typed for it, was refused; the reason says why."),
        (LoginSucceeded, "The person signed in."),
        (LoginFailed, "The person did not get in; the reason says why."),
        (ConsentShown, "The person was asked whether to allow the app."),
        (AuthorizationApproved, "\"Authorization approved\": by the person, by an earlier approval, or by policy for a trusted client."),
        (AuthorizationDenied, "The person said no."),
        (CodeIssued, "The browser was sent back to the app with a code."),
        (ScopesReduced, "Scopes that the client or the resource does not know were dropped; the rest was granted."),
        (TokenExchanged, "\"Authorization code exchanged successfully: token exchange successful\": the app has its tokens."),
        (TokenIssuedToService, "A service got a token in its own name; no person has a part in it."),
        (TokenRevoked, "An app gave a token back."),
        (IntrospectionRefused, "Somebody who may not ask about tokens did; the reason says why."),
        (UserInfoRefused, "An app asked about the person with a token that does not hold, or not for that; the reason says why."),
        (TokenRefreshed, "The app got a new access token. Repetitions within a day share one line in the story."),
        (TokenDelegated, "An MCP server exchanged the person's token for one of its own for another server (RFC 8693). Repetitions share one line in the story."),
        (AssertionIssued, "The app got an assertion about the person for another authorization server (ID-JAG)."),
        (AssertionAccepted, "An identity provider vouched for the person (ID-JAG), and the app has a token; nobody signed in here."),
        (TokenRefused, "The token endpoint refused; the reason says why."),
        (TokenRefusedByServer, "The MCP server was sent a token of this connection and refused it; the sentence says why."),
        (TokenFirstUsed, "The MCP server saw the token for the first time."),
        (GrantRevoked, "The connection was ended."),
        (RequestFailed, "The server made a mistake, or its database did not answer; the log has the rest."),
    ];
}
