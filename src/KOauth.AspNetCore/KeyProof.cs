using KOauth.Protocol.DPoP;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace KOauth.AspNetCore;

/// <summary>
/// Checks that whoever sends a token bound to a key has that key: a DPoP proof made for this very request and token, never used before
/// (RFC 9449 §7.1). The address in the proof is compared with the configured one; behind a proxy that cuts a path off, either spelling counts.
/// </summary>
internal sealed class KeyProof
{
    private readonly KOauthOptions _options;
    private readonly SeenProofs _seen;

    public KeyProof(IOptionsMonitor<KOauthOptions> monitor)
    {
        _options = monitor.Get(KOauthDefaults.AuthenticationScheme);
        _seen = new SeenProofs(_options.TimeProvider!);
    }

    /// <summary>Why not, or null.</summary>
    public async ValueTask<TokenRefusal?> CheckAsync(HttpRequest request, string token, string thumbprint)
    {
        if (request.Headers[Proof.Header] is not [{ Length: > 0 } text])
        {
            return TokenRefusal.InvalidProof("there must be exactly one DPoP header");
        }

        var (proof, problem) = await Proof.ReadAsync(text);
        problem ??= WhyNotFor(request, proof!, token);
        if (problem is not null)
        {
            return TokenRefusal.InvalidProof(problem);
        }

        if (proof!.Thumbprint != thumbprint)
        {
            return TokenRefusal.InvalidProof("it was made with another key than the token is bound to");
        }

        return _seen.TryAdd(proof) ? null : TokenRefusal.InvalidProof("it was used before");
    }

    private string? WhyNotFor(HttpRequest request, Proof proof, string token)
    {
        var now = _options.TimeProvider!.GetUtcNow();
        string? first = null;
        foreach (var address in Addresses(request))
        {
            if (proof.WhyNotFor(request.Method, address, now, token) is not { } problem)
            {
                return null;
            }

            first ??= problem;
        }

        return first;
    }

    private IEnumerable<string> Addresses(HttpRequest request)
    {
        var resource = ResourceAddress.Of(_options);
        var origin = resource.Resource[..^resource.Path.Length];
        var path = (request.PathBase + request.Path).ToUriComponent();
        yield return origin + path;
        yield return _options.BaseUrl.TrimEnd('/') + path;
        if (request.Path == _options.Path)
        {
            yield return resource.Resource;
        }
    }
}
