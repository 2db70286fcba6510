using System.Net;
using KOauth.Protocol;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace KOauth.OAuth;

/// <summary>
/// The parameters of a request an application posts, read strictly: a form in the body and nothing in the query, where secrets would end up in
/// logs, and each parameter once (RFC 6749 §3.2); only <c>resource</c> may repeat (RFC 8707 §2). An empty value counts as absent.
/// </summary>
internal sealed class OAuthForm
{
    private const int MaxBytes = 64 * 1024;

    private readonly Dictionary<string, StringValues> _form;

    private OAuthForm(Dictionary<string, StringValues> form, string? authorization, IPAddress? address)
    {
        _form = form;
        Authorization = authorization;
        Address = address;
        Resources = form.TryGetValue("resource", out var resources) ? [.. resources.OfType<string>().Where(r => r.Length > 0)] : [];
    }

    public string? Authorization { get; }

    public IPAddress? Address { get; }

    public IReadOnlyList<string> Resources { get; }

    /// <summary>The thumbprint of the key that the request's DPoP proof showed (RFC 9449), once it was checked; null without one.</summary>
    public byte[]? ProvedKey { get; set; }

    public string? this[string name] => _form.TryGetValue(name, out var value) && value[0] is { Length: > 0 } text ? text : null;

    /// <summary>The parameters of these names, as they came.</summary>
    public Dictionary<string, StringValues> Named(Func<string, bool> isWanted) =>
        _form.Where(p => isWanted(p.Key)).ToDictionary(p => p.Key, p => p.Value);

    public bool Has(string name) => _form.ContainsKey(name);

    public static async Task<Outcome<OAuthForm>> ReadAsync(HttpContext http, CancellationToken ct)
    {
        var request = http.Request;
        if (request.QueryString.HasValue)
        {
            return new Refusal(Reasons.ParametersInQuery)
            {
                Received = string.Join(", ", request.Query.Keys.Select(name => name.Length > 40 ? name[..40] : name).Take(10)),
            };
        }

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            return new Refusal(Reasons.ContentTypeUnsupported) { Received = request.ContentType ?? "no content type" };
        }

        if (request.ContentLength > MaxBytes)
        {
            return Reasons.RequestTooLarge;
        }

        Dictionary<string, StringValues> form;
        try
        {
            form = await new FormPipeReader(request.BodyReader) { ValueLengthLimit = MaxBytes, KeyLengthLimit = 128, ValueCountLimit = 64 }
                .ReadFormAsync(ct);
        }
        catch (InvalidDataException)
        {
            return Reasons.RequestTooLarge; // a limit of the reader: no honest request meets it
        }

        foreach (var (name, values) in form)
        {
            if (values.Count > 1 && name != "resource")
            {
                return new Refusal(Reasons.ParameterRepeated) { Received = name };
            }
        }

        var authorization = request.Headers.Authorization;
        return authorization.Count > 1
            ? new Refusal(Reasons.CredentialsTwice)
            : new OAuthForm(form, authorization, http.Connection.RemoteIpAddress);
    }
}
