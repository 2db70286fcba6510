using KOauth.Grants;
using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.Authorize;

internal static class AuthorizeEndpoint
{
    public const string Path = "/oauth/authorize";

    public static async Task<IResult> GetAsync(
        HttpContext http, AuthorizeCheck check, PushedRequests pushes, NextStep nextStep, Flows flows, KOauthSettings settings, Story story, CancellationToken ct)
    {
        // A browser that fetches ahead must not mint a code nobody asked for (AZ-46).
        if (http.Request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase))
        {
            return Results.NoContent();
        }

        if (http.Request.Query.ContainsKey("flow"))
        {
            return (await flows.OpenAsync(http.Request.Query["flow"], http, ct)).Ok(out var ticket, out var wrong)
                ? await ContinueAsync(ticket, http, nextStep, story, ct)
                : Page(wrong, story);
        }

        var read = AuthorizeRequest.Read(http.Request.Query).Ok(out var sent, out var refusal)
            ? await pushes.UnwrapAsync(sent, story, ct)
            : refusal;
        story.Tell(StoryEvents.AuthorizeReceived, "Authorization request received");
        if (!read.Ok(out var request, out refusal)
            || !(await check.ClientAndRedirectAsync(request, story, ct)).Ok(out var caller, out refusal))
        {
            return Page(refusal, story);
        }

        story.Tell(StoryEvents.RedirectUriValidated, "Redirect URI validated successfully", ("redirect_uri", caller.RedirectUri.Value));
        var checkedRequest = pushes.Fault(request, caller.Client) is { } fault ? fault : await check.RequestAsync(request, caller, http, story, ct);
        if (!checkedRequest.Ok(out var fresh, out refusal))
        {
            return EarlyRefusal.For(refusal, caller.Client, caller.RedirectUri.Value, request.State, settings.Issuer, story);
        }

        return await nextStep.DecideAsync(fresh, caller.Client, request.Prompt, http, story, ct);
    }

    /// <summary>
    /// A form from another site comes without our Lax cookie; the same request by GET brings it (the contract's security part).
    /// </summary>
    public static async Task<IResult> PostAsync(HttpContext http, KOauthSettings settings, Story story, CancellationToken ct)
    {
        if (!(await OAuthForm.ReadAsync(http, ct)).Ok(out var form, out var refusal))
        {
            return Page(refusal, story);
        }

        var url = $"{settings.Issuer}{Path}{QueryString.Create(AuthorizeRequest.Parameters(form))}";
        return url.Length > AuthorizeRequest.MaxLength ? Page(new Refusal(Reasons.RequestTooLarge), story) : Redirect(url);
    }

    private static async Task<IResult> ContinueAsync(
        FlowTicket ticket, HttpContext http, NextStep nextStep, Story story, CancellationToken ct)
    {
        story.Continue(ticket.Story);
        return (await nextStep.FindClientAsync(ticket, story, ct)).Ok(out var client, out var refusal)
            ? await nextStep.DecideAsync(ticket, client, Prompt.Unspecified, http, story, ct)
            : Page(refusal, story);
    }

    private static ErrorPage Page(Refusal refusal, Story story)
    {
        story.Tell(StoryEvents.AuthorizeRefused, refusal);
        return new ErrorPage(
            refusal, story.Reference, refusal.Reason == Reasons.TicketOfAnotherBrowser ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest);
    }

    /// <summary>303: never 307 or 308, which would repeat a POST with its body (RFC 9700 §4.12).</summary>
    private static SeeOther Redirect(string url) => new(url);
}
