using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KOauth.Protocol;
using Microsoft.AspNetCore.WebUtilities;

namespace KOauth.Demo;

/// <summary>How a client was set up: Claude has its redirect URI at claude.ai, Claude Code one on the person's own device.</summary>
internal sealed record ClaudeSimOptions(string McpUrl, string ClientId, string? ClientSecret, string RedirectUri);

/// <summary>What the token endpoint gave, and what the refresh needs.</summary>
internal sealed record ClaudeSimTokens(string AccessToken, string? RefreshToken, long ExpiresIn, string Scope, string TokenEndpoint, string Resource);

/// <summary>
/// A client that connects to an MCP server as Claude does with credentials from "Advanced settings": it knows nothing but the MCP
/// server's URL, follows the challenge to the metadata, insists on the spellings Claude insists on, and sends its secret in the body.
/// </summary>
internal sealed class ClaudeSim(HttpClient http, ClaudeSimOptions options, Randomness randomness)
{
    /// <summary>Walks from the URL to tokens. The person gets the authorization URL and gives back the URL the browser ended at.</summary>
    /// <exception cref="ClaudeSimException">A step did not go as Claude needs it; the message says which and what came.</exception>
    public async Task<ClaudeSimTokens> ConnectAsync(
        Func<Uri, CancellationToken, Task<Uri>> person, Action<string, string> report, CancellationToken ct)
    {
        var challenge = await ChallengeAsync(ct);
        report("401 with a challenge", $"scope {challenge.Scope ?? "not named"}");
        var resource = await GetAsync(challenge.ResourceMetadata, ct);
        Demand(Text(resource, "resource") == options.McpUrl, $"the resource is '{Text(resource, "resource")}' instead of '{options.McpUrl}'");
        var issuer = resource["authorization_servers"]?[0]?.GetValue<string>() ?? throw new ClaudeSimException("no authorization server is named");
        report("resource metadata", $"sign-in is at {issuer}");
        var server = await ServerAsync(issuer, ct);
        report("server metadata", $"token endpoint {Text(server, "token_endpoint")}");

        var verifier = randomness.Text(32);
        var state = randomness.Text(16);
        var authorize = QueryHelpers.AddQueryString(Text(server, "authorization_endpoint")!, new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = options.ClientId,
            ["redirect_uri"] = options.RedirectUri,
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
            ["state"] = state,
            ["scope"] = Scopes(challenge, resource, server),
            ["resource"] = options.McpUrl,
        });
        var callback = await person(new Uri(authorize), ct);
        var code = ReadCallback(callback, state, issuer);
        report("signed in and approved", $"the browser came back to {callback.GetLeftPart(UriPartial.Path)}");

        var tokens = await TokenAsync(Text(server, "token_endpoint")!, options.McpUrl, new()
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = options.RedirectUri,
            ["code_verifier"] = verifier,
        }, ct);
        report("code redeemed", $"a token for {options.ClientId}, {tokens.ExpiresIn} seconds, scope {tokens.Scope}");
        return tokens;
    }

    public Task<ClaudeSimTokens> RefreshAsync(ClaudeSimTokens tokens, CancellationToken ct) => TokenAsync(
        tokens.TokenEndpoint,
        tokens.Resource,
        new() { ["grant_type"] = "refresh_token", ["refresh_token"] = tokens.RefreshToken ?? throw new ClaudeSimException("there is no refresh token") },
        ct);

    private async Task<Challenge> ChallengeAsync(CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, options.McpUrl)
        {
            Content = JsonContent.Create(new { jsonrpc = "2.0", id = 1, method = "initialize", @params = new { } }),
        };
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        using var response = await http.SendAsync(request, ct);
        Demand(response.StatusCode == HttpStatusCode.Unauthorized, $"the MCP server answered {(int)response.StatusCode} instead of 401");
        var challenge = response.Headers.WwwAuthenticate.FirstOrDefault(c => c.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))?.Parameter ?? "";
        return new Challenge(
            Quoted(challenge, "resource_metadata") ?? throw new ClaudeSimException("the challenge names no resource_metadata"),
            Quoted(challenge, "scope"));
    }

    /// <summary>The first metadata document that answers; its issuer must be the very string the MCP server named.</summary>
    private async Task<JsonNode> ServerAsync(string issuer, CancellationToken ct)
    {
        var uri = new Uri(issuer);
        var path = uri.AbsolutePath.TrimEnd('/');
        var origin = uri.GetLeftPart(UriPartial.Authority);
        foreach (var candidate in new[]
        {
            $"{origin}/.well-known/oauth-authorization-server{path}",
            $"{origin}/.well-known/openid-configuration{path}",
            $"{origin}{path}/.well-known/openid-configuration",
        })
        {
            using var response = await http.GetAsync(candidate, ct);
            if (response.IsSuccessStatusCode)
            {
                var document = (await response.Content.ReadFromJsonAsync<JsonNode>(ct))!;
                Demand(Text(document, "issuer") == issuer, $"the issuer is '{Text(document, "issuer")}' instead of '{issuer}'");
                Demand(document["code_challenge_methods_supported"]?.AsArray().Any(m => m?.GetValue<string>() == "S256") == true, "S256 is not offered");
                return document;
            }
        }

        throw new ClaudeSimException($"no metadata was found for {issuer}");
    }

    private string ReadCallback(Uri callback, string state, string issuer)
    {
        Demand(callback.ToString().StartsWith(options.RedirectUri, StringComparison.Ordinal), $"the browser ended at {callback.GetLeftPart(UriPartial.Path)}");
        var query = QueryHelpers.ParseQuery(callback.Query);
        Demand(!query.ContainsKey("error"), $"the answer is {query.GetValueOrDefault("error")}: {query.GetValueOrDefault("error_description")}");
        Demand(query.GetValueOrDefault("state") == state, "the state is not the one sent");
        Demand(query.GetValueOrDefault("iss") == issuer, $"iss is '{query.GetValueOrDefault("iss")}' instead of '{issuer}'"); // RFC 9207 §2.4
        return query.GetValueOrDefault("code").ToString() is { Length: > 0 } code ? code : throw new ClaudeSimException("there is no code");
    }

    private async Task<ClaudeSimTokens> TokenAsync(string endpoint, string resource, Dictionary<string, string> form, CancellationToken ct)
    {
        form["client_id"] = options.ClientId;
        form["resource"] = resource;
        if (options.ClientSecret is { } secret)
        {
            form["client_secret"] = secret;
        }

        using var content = new FormUrlEncodedContent(form);
        using var response = await http.PostAsync(endpoint, content, ct);
        var json = (await response.Content.ReadFromJsonAsync<JsonNode>(ct))!;
        Demand(response.StatusCode == HttpStatusCode.OK, $"the token endpoint answered {(int)response.StatusCode} {Text(json, "error")}: {Text(json, "error_description")}");
        Demand(Text(json, "token_type") == "Bearer", "token_type is not Bearer");
        return new ClaudeSimTokens(
            Text(json, "access_token")!, Text(json, "refresh_token"), json["expires_in"]!.GetValue<long>(), Text(json, "scope") ?? "", endpoint, resource);
    }

    /// <summary>Challenge before resource metadata, and <c>offline_access</c> when the server offers it.</summary>
    private static string Scopes(Challenge challenge, JsonNode resource, JsonNode server)
    {
        var scopes = challenge.Scope?.Split(' ') ?? resource["scopes_supported"]?.AsArray().Select(s => s!.GetValue<string>()).ToArray() ?? [];
        var offersRefresh = server["scopes_supported"]?.AsArray().Any(s => s?.GetValue<string>() == ScopeSet.OfflineAccess) == true;
        return string.Join(' ', offersRefresh ? scopes.Append(ScopeSet.OfflineAccess) : scopes);
    }

    private async Task<JsonNode> GetAsync(string url, CancellationToken ct)
    {
        using var response = await http.GetAsync(url, ct);
        Demand(response.IsSuccessStatusCode, $"{url} answered {(int)response.StatusCode}");
        try
        {
            return (await response.Content.ReadFromJsonAsync<JsonNode>(ct))!;
        }
        catch (JsonException)
        {
            throw new ClaudeSimException($"{url} is not JSON");
        }
    }

    private static string? Quoted(string challenge, string name)
    {
        var start = challenge.IndexOf($"{name}=\"", StringComparison.Ordinal);
        return start < 0 ? null : challenge[(start + name.Length + 2)..].Split('"')[0];
    }

    private static string? Text(JsonNode node, string name) => node[name]?.GetValue<string>();

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ClaudeSimException(otherwise);
        }
    }

    private sealed record Challenge(string ResourceMetadata, string? Scope);
}

/// <summary>A connection attempt ended at a step; the message says what came instead of what Claude needs.</summary>
internal sealed class ClaudeSimException(string message) : Exception(message);
