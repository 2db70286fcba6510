using System.Globalization;
using KOauth.Protocol;

namespace KOauth.Hosting;

/// <summary>What an application reads of a refusal of the JSON API.</summary>
internal sealed class JsonRefusal(Refusal refusal, int status) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        if (refusal.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        if (refusal.Expected is null)
        {
            return JsonErrors.WriteAsync(httpContext, refusal.Reason);
        }

        response.Headers.CacheControl = "no-store";
        return response.WriteAsJsonAsync(
            new Dictionary<string, string>
            {
                ["error"] = refusal.Reason.Error,
                ["error_description"] = refusal.Reason.Wire,
                ["expected"] = refusal.Expected,
            },
            httpContext.RequestAborted);
    }
}
