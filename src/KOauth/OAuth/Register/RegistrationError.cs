using System.Globalization;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.Register;

/// <summary>
/// Why the app was not registered (RFC 7591 §3.2.2). Unlike at the token endpoint the whole sentence is told: it is about what the
/// app sent itself, and whoever develops the app has nothing else to go by.
/// </summary>
internal sealed class RegistrationError(Refusal refusal, Story story) : IResult
{
    public TimeSpan? RetryAfter { get; init; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        story.Tell(StoryEvents.RegistrationRefused, refusal);
        var response = httpContext.Response;
        response.StatusCode = refusal.Reason == Reasons.RegistrationOff ? StatusCodes.Status404NotFound
            : RetryAfter is not null ? StatusCodes.Status429TooManyRequests
            : refusal.Reason == Reasons.RequestTooLarge ? StatusCodes.Status413PayloadTooLarge
            : StatusCodes.Status400BadRequest;
        response.Headers.CacheControl = "no-store";
        if (RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        var description = refusal.Detail is null ? refusal.Reason.Wire : $"{refusal.Reason.Wire} {refusal.Detail}";
        return response.WriteAsJsonAsync(
            new Dictionary<string, string> { ["error"] = refusal.Error, ["error_description"] = description }, httpContext.RequestAborted);
    }
}
