using System.Net;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;

namespace KOauth.Tests;

/// <summary>What the token endpoint said.</summary>
internal sealed record TokenReply(HttpStatusCode Status, HttpResponseMessage Response, JsonElement Json)
{
    public string? Error => Text("error");

    public string? AccessToken => Text("access_token");

    public string? RefreshToken => Text("refresh_token");

    public string? IdToken => Text("id_token");

    public string? Scope => Text("scope");

    public string? RequestUri => Text("request_uri");

    public JsonWebToken Access => new(AccessToken);

    public static async Task<TokenReply> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        using var document = JsonDocument.Parse(text.Length > 0 ? text : "{}");
        return new TokenReply(response.StatusCode, response, document.RootElement.Clone());
    }

    private string? Text(string name) => Json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
