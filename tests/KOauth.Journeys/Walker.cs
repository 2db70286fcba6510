using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KOauth.Demo;
using Microsoft.AspNetCore.WebUtilities;

namespace KOauth.Journeys;

/// <summary>A connection as its client sees it: the newest refresh token it was given, and every access token.</summary>
internal sealed record Connection(string RefreshToken, IReadOnlyList<string> AccessTokens);

/// <summary>
/// A person and a client that connect and refresh without end, whatever happens to the server. They take a broken connection for
/// what it is, ask again, and keep account of everything that was answered.
/// </summary>
internal sealed class Walker(string issuer, string clientId, string secret, string redirectUri, string resource) : IDisposable
{
    private readonly HttpClient _http = new();
    private readonly ScriptedPerson _person = new(World.Email, World.Password);
    private readonly List<Connection> _connections = [];
    private readonly List<string> _wrong = [];

    public IReadOnlyList<Connection> Connections => _connections;

    /// <summary>Answers that must not be.</summary>
    public IReadOnlyList<string> Wrong => _wrong;

    public int Refreshes { get; private set; }

    public int LostAnswers { get; private set; }

    public async Task WalkAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await ConnectAsync(end);
            if (_connections.Count > 0)
            {
                await RefreshAsync(RandomNumberGenerator.GetInt32(_connections.Count), end);
            }
        }
    }

    /// <summary>Refreshes a connection; true when it was answered with new tokens.</summary>
    public async Task<bool> RefreshAsync(int number, CancellationToken end)
    {
        var connection = _connections[number];
        while (!end.IsCancellationRequested)
        {
            var answer = await PostAsync(new() { ["grant_type"] = "refresh_token", ["refresh_token"] = connection.RefreshToken });
            if (answer is null)
            {
                continue; // asked again with the same token, as clients do
            }

            if (answer.Value.Status != HttpStatusCode.OK)
            {
                _wrong.Add($"a refresh was answered {answer.Value.Status} {answer.Value.Body}");
                return false;
            }

            _connections[number] = new Connection(Text(answer.Value.Body, "refresh_token"), [.. connection.AccessTokens, Text(answer.Value.Body, "access_token")]);
            Refreshes++;
            return true;
        }

        return true;
    }

    public void Dispose()
    {
        _http.Dispose();
        _person.Dispose();
    }

    private static string Text(JsonNode body, string name) => body[name]!.GetValue<string>();

    private async Task ConnectAsync(CancellationToken end)
    {
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        if (await CodeAsync(verifier, end) is not { } code)
        {
            return;
        }

        Dictionary<string, string> redemption = new() { ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = redirectUri, ["code_verifier"] = verifier };
        var bought = 0;
        for (var tries = 0; tries < 3; tries++)
        {
            var answer = await PostAsync(redemption);
            if (answer?.Status == HttpStatusCode.OK && bought++ == 0)
            {
                _connections.Add(new Connection(Text(answer.Value.Body, "refresh_token"), [Text(answer.Value.Body, "access_token")]));
            }
            else if (answer is { Status: not (HttpStatusCode.OK or HttpStatusCode.BadRequest) })
            {
                _wrong.Add($"a code was answered {answer.Value.Status} {answer.Value.Body}");
            }
        }

        if (bought > 1)
        {
            _wrong.Add($"a code bought tokens {bought} times");
        }
    }

    private async Task<string?> CodeAsync(string verifier, CancellationToken end)
    {
        var authorize = new Uri(QueryHelpers.AddQueryString($"{issuer}/oauth/authorize", new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = clientId,
            ["redirect_uri"] = redirectUri,
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
            ["resource"] = resource,
        }));
        while (!end.IsCancellationRequested)
        {
            try
            {
                var callback = await _person.SignInAndApproveAsync(authorize, CancellationToken.None);
                return QueryHelpers.ParseQuery(callback.Query)["code"].ToString();
            }
            catch (Exception lost) when (lost is HttpRequestException or IOException)
            {
                await WaitAsync();
            }
        }

        return null;
    }

    /// <summary>The answer, or null when none came.</summary>
    private async Task<(HttpStatusCode Status, JsonNode Body)?> PostAsync(Dictionary<string, string> form)
    {
        try
        {
            using var content = new FormUrlEncodedContent(new Dictionary<string, string>(form) { ["client_id"] = clientId, ["client_secret"] = secret });
            using var answer = await _http.PostAsync($"{issuer}/oauth/token", content);
            return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonNode>())!);
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException)
        {
            await WaitAsync();
            return null;
        }
    }

    private Task WaitAsync()
    {
        LostAnswers++;
        return Task.Delay(Running.Patience.Glance); // there is no sign before the server is back
    }
}
