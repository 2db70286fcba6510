using KOauth.Hosting;

namespace KOauth.Stories;

/// <summary>One story in a list: what became of it, in words.</summary>
internal sealed record StorySummary(
    string Reference,
    DateTimeOffset BeganAt,
    DateTimeOffset LastAt,
    string? ClientId,
    string? User,
    string? Resource,
    string LastEvent,
    string? LastReason,
    bool Connected)
{
    private static readonly TimeSpan _codeLifetime = TimeSpan.FromSeconds(60);

    public string Outcome(DateTimeOffset now, TimeSpan accessTokenLifetime)
    {
        var quiet = now - LastAt;
        if (LastReason is not null && LastEvent != StoryEvents.AuthorizationDenied)
        {
            return Connected ? $"connected, then refused: {LastReason}" : $"refused: {LastReason}";
        }

        return LastEvent switch
        {
            StoryEvents.TokenExchanged or StoryEvents.TokenRefreshed or StoryEvents.TokenFirstUsed when quiet > 2 * accessTokenLifetime =>
                $"connected, but quiet for {Rough(quiet)}: dormant or lost",
            StoryEvents.TokenExchanged => "connected",
            StoryEvents.TokenRefreshed => "connected, refreshed",
            StoryEvents.TokenFirstUsed => "connected, in use",
            StoryEvents.TokenDelegated => "connected, in use by another server in between",
            StoryEvents.AssertionIssued => "connected, and vouched for at another server",
            StoryEvents.AssertionAccepted => "connected by an identity provider",
            StoryEvents.CodeIssued or StoryEvents.AuthorizationApproved when quiet > _codeLifetime => "approved, but the app never fetched the token",
            StoryEvents.CodeIssued or StoryEvents.AuthorizationApproved => "approved, the app is about to fetch the token",
            StoryEvents.AuthorizationDenied => "the person said no",
            StoryEvents.ConsentShown => "waiting for the person to approve",
            StoryEvents.LoginFailed or StoryEvents.AuthorizeReceived or StoryEvents.RedirectUriValidated => "waiting for the person to sign in",
            StoryEvents.LoginSucceeded => "signed in, not approved yet",
            StoryEvents.DeviceStarted => "waiting for the person to type the code of the device",
            StoryEvents.DeviceCodeTyped => "waiting for the person to sign in",
            StoryEvents.AuthorizePushed => "request pushed, the person has not come yet",
            StoryEvents.RegistrationReceived => "registered, not authorized yet",
            StoryEvents.GrantRevoked => "disconnected",
            _ => LastEvent,
        };
    }

    private static string Rough(TimeSpan time) => Duration.Text(time.TotalDays >= 2 ? TimeSpan.FromDays(Math.Floor(time.TotalDays))
        : time.TotalHours >= 1 ? TimeSpan.FromHours(Math.Floor(time.TotalHours)) : TimeSpan.FromMinutes(Math.Floor(time.TotalMinutes)));
}
