using System.Text.Json;
using Microsoft.Extensions.Options;

namespace KOauth.AspNetCore;

/// <summary>
/// What the authorization server says about itself: the metadata (RFC 8414, or OpenID Connect discovery) and the keys it names. Every
/// address asked comes from <see cref="KOauthOptions.Issuer"/> or from metadata that was proved to belong to it, never from a token.
/// </summary>
internal sealed partial class AuthorizationServer : IDisposable
{
    private const int LargestDocument = 256 * 1024;

    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly KOauthOptions _options;
    private readonly HttpClient _http;

    public AuthorizationServer(IOptionsMonitor<KOauthOptions> monitor)
    {
        _options = monitor.Get(KOauthDefaults.AuthenticationScheme);
        _http = new HttpClient(
            _options.BackchannelHttpHandler ?? new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            },
            disposeHandler: _options.BackchannelHttpHandler is null)
        {
            MaxResponseContentBufferSize = LargestDocument,
            Timeout = _options.BackchannelTimeout,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("KOauth.AspNetCore");
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Reads metadata and keys anew. Never throws: what can go wrong out there is an answer, too.</summary>
    public async Task<ServerAnswer> AskAsync()
    {
        try
        {
            return await FindMetadataAsync();
        }
        catch (HttpRequestException unreachable)
        {
            return ServerAnswer.Unreachable(unreachable.Message);
        }
        catch (OperationCanceledException)
        {
            return ServerAnswer.Unreachable($"no answer within {_options.BackchannelTimeout.TotalSeconds:0.#} seconds");
        }
        catch (Exception broken)
        {
            // Whatever a parser makes of foreign bytes must not end the background check, and with it the application.
            return ServerAnswer.Different($"its metadata or keys are not the JSON they should be ({broken.GetType().Name})");
        }
    }

    private async Task<ServerAnswer> FindMetadataAsync()
    {
        string? first = null;
        foreach (var address in MetadataAddresses(_options.Issuer))
        {
            using var response = await _http.GetAsync(new Uri(address));
            if (response.IsSuccessStatusCode)
            {
                using var metadata = JsonDocument.Parse(await response.Content.ReadAsStringAsync(), _strict);
                return await JudgeAsync(address, metadata.RootElement);
            }

            first ??= $"{address} answers {(int)response.StatusCode}";
        }

        return ServerAnswer.Unreachable(first!);
    }

    private async Task<ServerAnswer> JudgeAsync(string address, JsonElement metadata)
    {
        // RFC 8414 §3.3: compared as strings; a document that names another issuer is not used for anything.
        var issuer = StringOf(metadata, "issuer");
        if (issuer != _options.Issuer)
        {
            var remedy = issuer?.TrimEnd('/') == _options.Issuer.TrimEnd('/') ? $"; set KOAUTH_URL={issuer}" : "";
            return ServerAnswer.Different(
                $"KOAUTH_URL is '{_options.Issuer}', but {address} says the issuer is '{Printable.Of(issuer)}', and the two must be the same, character by character{remedy}");
        }

        var jwks = StringOf(metadata, "jwks_uri");
        if (!Uri.TryCreate(jwks, UriKind.Absolute, out var keysAddress) || !IsSafe(keysAddress))
        {
            return ServerAnswer.Different($"'jwks_uri' in {address} is '{Printable.Of(jwks)}', expected an address that begins with https://");
        }

        using var response = await _http.GetAsync(keysAddress);
        if (!response.IsSuccessStatusCode)
        {
            return ServerAnswer.Unreachable($"{keysAddress} answers {(int)response.StatusCode}");
        }

        var keys = PublishedKey.ReadSet(await response.Content.ReadAsStringAsync());
        if (keys.Count == 0)
        {
            return ServerAnswer.Different($"{keysAddress} has no key that can check signatures, expected an EC or RSA key with a 'kid'");
        }

        TakeUpGrants(metadata);
        return ServerAnswer.Good(keys, HasS256(metadata)
            ? null
            : $"'code_challenge_methods_supported' in {address} lacks 'S256', without which MCP clients refuse to start");
    }

    private bool IsSafe(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps
        || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback && new Uri(_options.Issuer).IsLoopback);

    // RFC 8414 §3.1 and OpenID Connect discovery §4, in the order MCP clients try them.
    private static IEnumerable<string> MetadataAddresses(string issuer)
    {
        var uri = new Uri(issuer);
        var origin = uri.GetLeftPart(UriPartial.Authority);
        var path = uri.AbsolutePath.TrimEnd('/');
        yield return $"{origin}/.well-known/oauth-authorization-server{path}";
        yield return $"{origin}/.well-known/openid-configuration{path}";
        if (path.Length > 0)
        {
            yield return $"{origin}{path}/.well-known/openid-configuration";
        }
    }

    private static string? StringOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool HasS256(JsonElement metadata) =>
        metadata.TryGetProperty("code_challenge_methods_supported", out var methods)
        && methods.ValueKind == JsonValueKind.Array
        && methods.EnumerateArray().Any(method => method.ValueEquals("S256"));
}
