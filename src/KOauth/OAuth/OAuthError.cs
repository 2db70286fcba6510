using System.Globalization;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth;

/// <summary>What an application reads of a refusal: RFC 6749 §5.2's names only, and nothing that helps an attacker.</summary>
internal sealed class OAuthError(Refusal refusal, Story story, bool usedBasic = false, string told = StoryEvents.TokenRefused) : IResult
{
    // An app that comes once an hour has an old nonce every time, and a device asks every five seconds.
    private static readonly Reason[] _isNoNews = [Reasons.DpopNonceStale, Reasons.DevicePending, Reasons.DeviceTooFast];

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (!_isNoNews.Contains(refusal.Reason))
        {
            story.Tell(told, refusal);
        }

        var response = httpContext.Response;
        response.StatusCode = StatusOf(refusal);
        response.Headers.CacheControl = "no-store";
        if (refusal.Error == "invalid_client" && usedBasic)
        {
            response.Headers.WWWAuthenticate = "Basic realm=\"KOauth\", charset=\"UTF-8\""; // RFC 6749 §5.2
        }

        if (refusal.Error == "temporarily_unavailable")
        {
            response.Headers.RetryAfter = ((int)(refusal.RetryAfter ?? TimeSpan.FromSeconds(1)).TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return response.WriteAsJsonAsync(
            new Dictionary<string, string> { ["error"] = refusal.Error, ["error_description"] = refusal.Reason.Wire },
            httpContext.RequestAborted);
    }

    private static int StatusOf(Refusal refusal) => refusal.Error switch
    {
        "invalid_client" => StatusCodes.Status401Unauthorized,
        "temporarily_unavailable" => StatusCodes.Status503ServiceUnavailable,
        "server_error" => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status400BadRequest,
    };
}
