using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using KOauth.Resources;

namespace KOauth.Tests;

/// <summary>API keys as scripts and servers deal with them.</summary>
internal static class KeySteps
{
    public static object Wish(string resource = KOauthApp.NotesUri) => new { name = "nightly", resource, scopes = new[] { "notes:read" }, expiresInDays = 30 };

    /// <summary>A request of the JSON API with the session of a browser, or with none.</summary>
    public static async Task<TokenReply> ApiAsync(
        this KOauthApp koauth, HttpMethod method, string path, Browser? browser, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body as HttpContent ?? (body is null ? null : JsonContent.Create(body)) };
        if (browser is not null)
        {
            request.Headers.Add("Cookie", string.Join("; ", browser.Cookies.Select(c => $"{c.Name}={c.Value}")));
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await TokenReply.ReadAsync(await koauth.Http.SendAsync(request));
    }

    public static async Task<(string Text, string Id)> KeyAsync(this KOauthApp koauth, Browser browser, object? wish = null)
    {
        var made = await koauth.ApiAsync(HttpMethod.Post, "/api/me/api-keys", browser, wish ?? Wish());
        Assert.Equal(201, (int)made.Status);
        return (made.Json.GetProperty("apiKey").GetString()!, made.Json.GetProperty("key").GetProperty("id").GetString()!);
    }

    public static Task<TokenReply> ValidateAsync(this KOauthApp koauth, string key, ResourceCredential credential) =>
        koauth.ValidateAsync(new { apiKey = key }, $"{credential.Id}:{credential.Secret}");

    public static Task<TokenReply> ValidateAsync(this KOauthApp koauth, object body, string? basic, string query = "") =>
        koauth.ApiAsync(HttpMethod.Post, "/api/validate-key" + query, null, body,
            basic is null ? [] : [("Authorization", new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic))).ToString())]);

    public static bool IsValid(this TokenReply reply) => reply.Json.GetProperty("valid").GetBoolean();
}
