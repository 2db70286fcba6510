using System.Buffers.Text;
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
        var repeated = query.Where(p => p.Value.Count > 1 && _known.Contains(p.Key)).Select(p => p.Key).ToList();
        Repeated = repeated.Find(DecidesWhoIsTold) ?? repeated.FirstOrDefault();
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

        var parameters = Parameters(form);
        parameters["client_id"] = client.ClientId;
        if (form.ProvedKey is { } key)
        {
            // RFC 9449 §10.1: as if dpop_jkt had named the key that was proved.
            var thumbprint = Base64Url.EncodeToString(key);
            if (form["dpop_jkt"] is { } said && said != thumbprint)
            {
                return Reasons.DpopThumbprintDiffers;
            }

            parameters["dpop_jkt"] = thumbprint;
        }

        return Read(new QueryCollection(parameters));
    }

    /// <summary>What of a posted form belongs into a URL: the parameters that mean something here, and never a secret that came along.</summary>
    public static Dictionary<string, StringValues> Parameters(OAuthForm form) => form.Named(name => name is "resource" || _known.Contains(name));

    public Dictionary<string, string[]> ToParameters() =>
        _query.ToDictionary(p => p.Key, p => p.Value.OfType<string>().ToArray());

    public static Outcome<AuthorizeRequest> Read(IQueryCollection query)
    {
        if (query.Count > MaxParameters || query["scope"].ToString().Length > MaxScopeLength)
        {
            return new Refusal(Reasons.RequestTooLarge);
        }

        var request = new AuthorizeRequest(query);
        return request.Repeated is { } repeated && DecidesWhoIsTold(repeated)
            ? new Refusal(Reasons.ParameterRepeated) { Received = request.Repeated }
            : request;
    }

    /// <summary>While these are in doubt nothing is sent anywhere: the refusal is a page of our own.</summary>
    private static bool DecidesWhoIsTold(string name) => name is "client_id" or "redirect_uri";
}
