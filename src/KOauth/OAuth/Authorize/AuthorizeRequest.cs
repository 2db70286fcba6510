using KOauth.Clients;
using KOauth.Protocol;
using Microsoft.Extensions.Primitives;

namespace KOauth.OAuth.Authorize;

/// <summary>
/// The parameters of an authorization request. Unknown ones are ignored (RFC 6749 §3.1), repeated ones are remembered by name: a
/// repeated <c>client_id</c> or <c>redirect_uri</c> ends on our page, any other goes back to the client.
/// </summary>
internal sealed class AuthorizeRequest
{
    /// <summary>Of the whole URL; the longest honest state fits three times percent-encoded.</summary>
    public const int MaxLength = 30_000;

    private const int MaxParameters = 64;
    private const int MaxScopeLength = 4096;
    private const int MaxStateBytes = 8192;

    private readonly IQueryCollection _query;

    private AuthorizeRequest(IQueryCollection query)
    {
        _query = query;
        Repeated = query.FirstOrDefault(p => p.Value.Count > 1 && p.Key is not "resource" && _known.Contains(p.Key)).Key;
        Resources = [.. query["resource"].OfType<string>().Where(r => r.Length > 0)];
        Prompt = Prompts.Read(this["prompt"]);
    }

    /// <summary>The pushed request these parameters are from, or null when the browser brought them.</summary>
    public PushedRequest? Pushed { get; private init; }

    /// <summary>The first known parameter that came more than once.</summary>
    public string? Repeated { get; }

    public IReadOnlyList<string> Resources { get; }

    public Prompt Prompt { get; }

    /// <summary>Given back byte for byte, and only if it came once and has a sane size.</summary>
    public string? State => _query["state"] is { Count: 1 } state && !IsStateTooLong ? state[0] : null;

    public bool IsStateTooLong => System.Text.Encoding.UTF8.GetByteCount(_query["state"].ToString()) > MaxStateBytes;

    private static readonly HashSet<string> _known = new(StringComparer.Ordinal)
    {
        "client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "code_challenge", "code_challenge_method",
        "nonce", "prompt", "max_age", "login_hint", "id_token_hint", "ui_locales", "request", "request_uri", "dpop_jkt",
    };

    /// <summary>An empty value counts as absent, but for <c>code_challenge_method</c>, where it must not come to mean a default.</summary>
    public string? this[string name] => _query[name] is { Count: > 0 } values && values[0] is { Length: > 0 } value ? value : null;

    public string? Raw(string name) => _query[name] is { Count: > 0 } values ? values[0] : null;

    public static AuthorizeRequest Of(PushedRequest pushed) =>
        new(new QueryCollection(pushed.Parameters.ToDictionary(p => p.Key, p => new StringValues(p.Value)))) { Pushed = pushed };

    /// <summary>What an authenticated client pushes. It may have named itself in the header alone.</summary>
    public static Outcome<AuthorizeRequest> Read(OAuthForm form, Client client)
    {
        if (form.Has("request_uri"))
        {
            return Reasons.PushedRequestNested; // RFC 9126 §2.1
        }

        var parameters = form.Named(name => name is "resource" || _known.Contains(name));
        parameters["client_id"] = client.ClientId;
        return Read(new QueryCollection(parameters));
    }

    public Dictionary<string, string[]> ToParameters() =>
        _query.ToDictionary(p => p.Key, p => p.Value.OfType<string>().ToArray());

    public static Outcome<AuthorizeRequest> Read(IQueryCollection query)
    {
        if (query.Count > MaxParameters || query["scope"].ToString().Length > MaxScopeLength)
        {
            return new Refusal(Reasons.RequestTooLarge);
        }

        var request = new AuthorizeRequest(query);
        return request.Repeated is "client_id" or "redirect_uri"
            ? new Refusal(Reasons.ParameterRepeated) { Received = request.Repeated }
            : request;
    }
}
