using System.Net;
using System.Text;
using System.Text.Json;

namespace KOauth.Tests.OAuth.Register;

/// <summary>What the registration endpoint said.</summary>
internal sealed record RegistrationReply(HttpStatusCode Status, HttpResponseMessage Response, JsonElement Json)
{
    public string? Error => Text("error");

    public string? Description => Text("error_description");

    public string ClientId => Text("client_id") ?? throw new InvalidOperationException($"no client: {Json}");

    public string? Secret => Text("client_secret");

    public string? Text(string name) => Json.TryGetProperty(name, out var value) ? value.GetString() : null;

    public IReadOnlyList<string?> Texts(string name) => [.. Json.GetProperty(name).EnumerateArray().Select(e => e.GetString())];
}

internal static class Registering
{
    public static Task<RegistrationReply> RegisterAsync(this KOauthApp koauth, object metadata) =>
        koauth.RegisterAsync(JsonSerializer.Serialize(metadata));

    public static async Task<RegistrationReply> RegisterAsync(this KOauthApp koauth, string json, string contentType = "application/json")
    {
        using var content = new StringContent(json, Encoding.UTF8);
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(contentType);
        var response = await koauth.Http.PostAsync("/oauth/register", content);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return new RegistrationReply(response.StatusCode, response, document.RootElement.Clone());
    }

    public static Dictionary<string, object?> App(string redirectUri = KOauthApp.Callback) => new()
    {
        ["client_name"] = "Example app",
        ["redirect_uris"] = new[] { redirectUri },
        ["token_endpoint_auth_method"] = "none",
        ["grant_types"] = new[] { "authorization_code", "refresh_token" },
        ["response_types"] = new[] { "code" },
    };

    public static Dictionary<string, object?> With(this Dictionary<string, object?> app, string name, object? value)
    {
        app[name] = value;
        return app;
    }
}
