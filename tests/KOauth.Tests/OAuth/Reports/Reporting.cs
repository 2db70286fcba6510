using System.Net;
using System.Text.Json;

namespace KOauth.Tests.OAuth.Reports;

/// <summary>What a protected server reports and asks.</summary>
internal static class Reporting
{
    public static async Task<HttpStatusCode> SeenAsync(this KOauthApp koauth, string token, string? refused = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/seen");
        request.Headers.Authorization = new("Bearer", token);
        if (refused is not null)
        {
            request.Headers.Add("KOauth-Refused", refused);
        }

        using var answer = await koauth.Http.SendAsync(request);
        return answer.StatusCode;
    }

    public static async Task<IReadOnlyList<string>> EndedAsync(this KOauthApp koauth, string since = "0")
    {
        using var json = JsonDocument.Parse(await koauth.Http.GetStringAsync($"/oauth/ended?since={since}"));
        return [.. json.RootElement.GetProperty("ended").EnumerateArray().Select(id => id.GetString()!)];
    }
}
