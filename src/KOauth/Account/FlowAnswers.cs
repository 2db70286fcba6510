using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Stories;
using Microsoft.AspNetCore.Mvc;

namespace KOauth.Account;

/// <summary>How the pages of a flow end.</summary>
internal static class FlowAnswers
{
    /// <summary>303: never 307 or 308, which would repeat a form with the password in it (RFC 9700 §4.12).</summary>
    public static IActionResult Continue(string url) => new PageAnswer(new SeeOther(url));

    public static IActionResult Refuse(Refusal refusal, Story story, string @event)
    {
        story.Tell(@event, refusal);
        var status = refusal.Reason == Reasons.TicketOfAnotherBrowser ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest;
        return new PageAnswer(new ErrorPage(refusal, story.Reference, status));
    }
}
