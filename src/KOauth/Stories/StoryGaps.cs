namespace KOauth.Stories;

/// <summary>What it usually means when a story stops: the part no event tells, because nothing happened.</summary>
internal static class StoryGaps
{
    private static readonly TimeSpan _codeLifetime = TimeSpan.FromSeconds(60);

    public static IReadOnlyList<string> Explain(StorySummary story, DateTimeOffset now)
    {
        if (story.LastReason is not null || now - story.LastAt < _codeLifetime)
        {
            return [];
        }

        return story.LastEvent switch
        {
            //
            StoryEvents.CodeIssued =>
            [
                $"The code was issued at {story.LastAt:HH:mm:ss}Z and the browser was sent back to the app, but the app never called the token endpoint. Usually one of:",
                "- The browser did not arrive: the window was closed, or the redirect address is not one the app listens at.",
                "- The app's servers cannot reach /oauth/token: a firewall, CDN or bot rule answers them before this server does.",
                "- The app refused the answer: its own state had expired, or it was started in another browser.",
            ],
            // With a redirect the code is issued in the same breath.
            StoryEvents.AuthorizationApproved =>
            [
                "The device was approved and did not fetch its tokens: it was switched off, or had stopped asking.",
            ],
            StoryEvents.DeviceStarted =>
            [
                "Nobody typed the code that the device shows at /account/device. It is valid for 15 minutes; then the device asks for another.",
            ],
            StoryEvents.AuthorizeReceived or StoryEvents.DeviceCodeTyped or StoryEvents.RedirectUriValidated or StoryEvents.LoginFailed =>
            [
                "The person did not sign in: the window was closed, or the password is forgotten.",
            ],
            StoryEvents.ConsentShown or StoryEvents.LoginSucceeded =>
            [
                "The person signed in and did not answer the question whether to allow the app.",
            ],
            StoryEvents.RegistrationReceived =>
            [
                "The app registered itself and never sent a person to sign in: it gave up, or its window was blocked.",
            ],
            _ => [],
        };
    }
}
