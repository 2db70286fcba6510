using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace KOauth.Tests.AspNetCore;

/// <summary>A token bound to a key (RFC 9449) at a protected resource: worth nothing without a proof for this very request.</summary>
public sealed class BoundTokenTests : IAsyncLifetime
{
    private ProtectedApp _app = null!;
    private ProofMaker _key = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await ProtectedApp.StartAsync();
        await _app.LoggedAsync("is confirmed");
        _key = new ProofMaker(_app.Clock);
    }

    public ValueTask DisposeAsync()
    {
        _key.Dispose();
        return _app.DisposeAsync();
    }

    private string Token => _app.Server.Token(payload: p => p["cnf"] = new JsonObject { ["jkt"] = _key.Thumbprint });

    [Fact]
    public async Task A_bound_token_with_its_proof_is_accepted()
    {
        var token = Token;

        using var answer = await SendAsync(token, Proof(token));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_bound_token_sent_as_bearer_is_refused_even_with_its_proof()
    {
        var token = Token;

        await RefusedAsync(token, Proof(token), "invalid_token", "Bearer");
    }

    [Fact]
    public async Task A_bearer_token_sent_as_dpop_is_refused()
    {
        var token = _app.Server.Token();

        await RefusedAsync(token, Proof(token), "invalid_token");
    }

    [Fact]
    public async Task A_bound_token_without_proof_is_refused() => await RefusedAsync(Token, null, "invalid_dpop_proof");

    [Fact]
    public async Task A_proof_works_once()
    {
        var token = Token;
        var proof = Proof(token);
        using var first = await SendAsync(token, proof);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);

        await RefusedAsync(token, proof, "invalid_dpop_proof");
    }

    [Fact]
    public async Task A_proof_for_another_token_address_method_time_or_of_another_key_is_refused()
    {
        var token = Token;
        using var thief = new ProofMaker(_app.Clock);

        await RefusedAsync(token, Proof(Token), "invalid_dpop_proof");
        await RefusedAsync(token, _key.Make(address: ProtectedApp.Resource), "invalid_dpop_proof");
        await RefusedAsync(token, _key.Make(token: token, address: "https://files.example/mcp"), "invalid_dpop_proof");
        await RefusedAsync(token, _key.Make(payload: p => p["htm"] = "GET", token: token, address: ProtectedApp.Resource), "invalid_dpop_proof");
        await RefusedAsync(token, _key.Make(payload: p => p["iat"] = 1, token: token, address: ProtectedApp.Resource), "invalid_dpop_proof");
        await RefusedAsync(token, thief.Make(token: token, address: ProtectedApp.Resource), "invalid_dpop_proof");
        await RefusedAsync(token, "x", "invalid_dpop_proof");
    }

    [Theory]
    [InlineData("x5t#S256", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("jkt", "short")]
    public async Task A_token_bound_in_another_way_is_refused(string method, string value)
    {
        var token = _app.Server.Token(payload: p => p["cnf"] = new JsonObject { [method] = value });

        await RefusedAsync(token, Proof(token), "invalid_token");
        await RefusedAsync(token, null, "invalid_token", "Bearer");
    }

    [Fact]
    public async Task A_server_may_demand_bound_tokens()
    {
        await using var strict = await ProtectedApp.StartAsync(o => o.RequireBoundTokens = true);
        await strict.LoggedAsync("is confirmed");

        using var answer = await strict.PostAsync(strict.Server.Token());
        var metadata = await strict.Http.GetStringAsync(ProtectedApp.MetadataUrl, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("DPoP", answer.Headers.WwwAuthenticate.First().Scheme);
        Assert.Contains("\"dpop_bound_access_tokens_required\":true", metadata, StringComparison.Ordinal);
    }

    private string Proof(string token) => _key.Make(token: token, address: ProtectedApp.Resource);

    private async Task RefusedAsync(string token, string? proof, string error, string scheme = "DPoP")
    {
        using var answer = await SendAsync(token, proof, scheme);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var challenge = answer.Headers.GetValues("WWW-Authenticate").Single();
        Assert.StartsWith(scheme, challenge, StringComparison.Ordinal);
        Assert.Contains($"error=\"{error}\"", challenge, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> SendAsync(string token, string? proof, string scheme = "DPoP")
    {
        var message = ProtectedApp.Message(HttpMethod.Post, "/mcp", null, """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""");
        message.Headers.Authorization = new AuthenticationHeaderValue(scheme, token);
        if (proof is not null)
        {
            message.Headers.Add("DPoP", proof);
        }

        return _app.SendAsync(message);
    }
}
