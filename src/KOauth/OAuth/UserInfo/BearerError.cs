using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.UserInfo;

/// <summary>A refusal as RFC 6750 §3 tells it: in <c>WWW-Authenticate</c>, and without a reason when there was no token at all.</summary>
internal sealed class BearerError(Refusal refusal, Story story) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        story.Tell(StoryEvents.UserInfoRefused, refusal);
        var response = httpContext.Response;
        var isMissing = refusal.Reason == Reasons.AccessTokenMissing;
        response.StatusCode = isMissing ? StatusCodes.Status401Unauthorized : refusal.Error switch
        {
            "insufficient_scope" => StatusCodes.Status403Forbidden,
            "invalid_request" => StatusCodes.Status400BadRequest,
            _ => StatusCodes.Status401Unauthorized,
        };
        response.Headers.CacheControl = "no-store";
        var told = isMissing ? "" : $" error=\"{refusal.Error}\", error_description=\"{refusal.Reason.Wire}\"";
        if (refusal.Reason == Reasons.OpenIdScopeMissing)
        {
            told += ", scope=\"openid\"";
        }

        response.Headers.WWWAuthenticate = refusal.Error.Contains("dpop", StringComparison.Ordinal) || refusal.Reason.Id.StartsWith("dpop", StringComparison.Ordinal)
            ? $"DPoP{told}" // RFC 9449 §7.1
            : $"Bearer{told}";
        return response.WriteAsJsonAsync(
            new Dictionary<string, string> { ["error"] = refusal.Error, ["error_description"] = refusal.Reason.Wire }, httpContext.RequestAborted);
    }
}
