using System.Net.Http.Headers;
using System.Text.Json;

namespace KOauth.AspNetCore;

/// <summary>What KOauth offers beside the standards, if its metadata names it: see <see cref="GrantWatch"/>.</summary>
internal sealed partial class AuthorizationServer
{
    private volatile Uri? _seenAddress;
    private volatile Uri? _endedAddress;

    /// <summary>Where first sights are told, or null while the server is not known to listen.</summary>
    public Uri? SeenAddress => _seenAddress;

    /// <summary>Tells that a token arrived, or why it was refused. Never throws but for cancellation.</summary>
    public async Task TellSeenAsync(string token, string? refused, CancellationToken ct)
    {
        if (_seenAddress is not { } address)
        {
            return;
        }

        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (refused is not null)
            {
                request.Headers.Add("KOauth-Refused", refused);
            }

            using var response = await _http.SendAsync(request, ct);
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            // It is a courtesy.
        }
    }

    /// <summary>The ids of connections that are over; null when they cannot be had.</summary>
    public async Task<IReadOnlySet<string>?> AskEndedAsync(CancellationToken ct)
    {
        if (_endedAddress is not { } address)
        {
            return null;
        }

        try
        {
            using var response = await _http.GetAsync(address, ct);
            if (!response.IsSuccessStatusCode)
            {
                return null;
            }

            using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(ct), _strict);
            return json.RootElement.GetProperty("ended").EnumerateArray().Select(id => id.GetString()!).ToHashSet(StringComparer.Ordinal);
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            return null; // what is known stays in use
        }
    }

    /// <summary>Tokens are sent there: it must be the issuer's own address.</summary>
    private void TakeUpGrants(JsonElement metadata)
    {
        _seenAddress = Own(StringOf(metadata, "koauth_seen_endpoint"));
        _endedAddress = Own(StringOf(metadata, "koauth_ended_endpoint"));
    }

    private Uri? Own(string? text) =>
        text is not null
        && text.StartsWith(_options.Issuer.TrimEnd('/') + "/", StringComparison.Ordinal)
        && Uri.TryCreate(text, UriKind.Absolute, out var address)
        && IsSafe(address)
            ? address
            : null;
}
