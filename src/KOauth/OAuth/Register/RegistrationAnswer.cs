using System.Text.Json;
using KOauth.Clients;

namespace KOauth.OAuth.Register;

/// <summary>
/// What was registered, which may be less than what was asked for (RFC 7591 §3.2.1). Numbers are integers and nothing is null:
/// clients with strict parsers fail on either.
/// </summary>
internal static class RegistrationAnswer
{
    public static IResult For(RegisteredClient registered, JsonElement asked)
    {
        var client = registered.Client;
        var answer = new Dictionary<string, object>
        {
            ["client_id"] = client.ClientId,
            ["client_id_issued_at"] = client.CreatedAt.ToUnixTimeSeconds(),
            ["client_name"] = client.Name,
            ["redirect_uris"] = client.RedirectUris,
            ["grant_types"] = client.GrantTypes,
            ["response_types"] = new[] { "code" },
            ["token_endpoint_auth_method"] = client.AuthMethod,
        };
        if (registered.Secret is { } secret)
        {
            answer["client_secret"] = secret;
            answer["client_secret_expires_at"] = 0; // never (RFC 7591 §3.2.1)
        }

        Add(answer, "client_uri", client.Website);
        Add(answer, "logo_uri", client.Logo);
        Add(answer, "application_type", Text(asked, "application_type"));
        if (client.RequiresBoundTokens)
        {
            answer["dpop_bound_access_tokens"] = true;
        }

        if (client.RequiresPushedRequests)
        {
            answer["require_pushed_authorization_requests"] = true;
        }

        return Results.Json(answer, JsonSerializerOptions.Default, statusCode: StatusCodes.Status201Created);
    }

    private static void Add(Dictionary<string, object> answer, string name, string? value)
    {
        if (value is not null)
        {
            answer[name] = value;
        }
    }

    private static string? Text(JsonElement asked, string name) => asked.TryGetProperty(name, out var value) ? value.GetString() : null;
}
