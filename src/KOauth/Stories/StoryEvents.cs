namespace KOauth.Stories;

/// <summary>The names of events, stable: log, story, documents and tests spell them alike.</summary>
internal static class StoryEvents
{
    public const string RegistrationReceived = "registration.received";
    public const string AuthorizeReceived = "authorize.received";
    public const string RedirectUriValidated = "redirect_uri.validated";
    public const string ScopesReduced = "scopes.reduced";
    public const string AuthorizeRefused = "authorize.refused";
    public const string LoginSucceeded = "login.succeeded";
    public const string LoginFailed = "login.failed";
    public const string ConsentShown = "consent.shown";
    public const string AuthorizationApproved = "authorization.approved";
    public const string AuthorizationDenied = "authorization.denied";
    public const string CodeIssued = "code.issued";
    public const string TokenExchanged = "token.exchanged";
    public const string TokenRefreshed = "token.refreshed";
    public const string TokenRefused = "token.refused";
    public const string TokenFirstUsed = "token.first_used";
    public const string GrantRevoked = "grant.revoked";
}
