using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace KOauth.Tests;

/// <summary>One authorization request of a client under test: its parameters can be changed, left out or doubled.</summary>
internal sealed class Flow
{
    private readonly List<KeyValuePair<string, string?>> _parameters;

    public Flow(string clientId = "app", string redirectUri = KOauthApp.Callback)
    {
        ClientId = clientId;
        RedirectUri = redirectUri;
        Verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        State = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(8));
        _parameters =
        [
            new("response_type", "code"),
            new("client_id", clientId),
            new("redirect_uri", redirectUri),
            new("state", State),
            new("code_challenge", Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)))),
            new("code_challenge_method", "S256"),
            new("resource", KOauthApp.NotesUri),
        ];
    }

    public string ClientId { get; }

    public string RedirectUri { get; }

    public string Verifier { get; }

    public string State { get; }

    public string Url => QueryHelpers.AddQueryString("/oauth/authorize", _parameters.Where(p => p.Value is not null));

    public IEnumerable<KeyValuePair<string, string>> Parameters => _parameters.Where(p => p.Value is not null)!;

    /// <summary>Sets a parameter, or leaves it out with null.</summary>
    public Flow With(string name, string? value)
    {
        _parameters.RemoveAll(p => p.Key == name);
        _parameters.Add(new(name, value));
        return this;
    }

    /// <summary>Adds a parameter beside what is there.</summary>
    public Flow And(string name, string value)
    {
        _parameters.Add(new(name, value));
        return this;
    }
}
