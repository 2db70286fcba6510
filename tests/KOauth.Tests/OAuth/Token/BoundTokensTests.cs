using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using KOauth.Grants.DPoP;
using KOauth.Protocol;
using KOauth.Protocol.DPoP;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.OAuth.Token;

/// <summary>Tokens bound to a key (RFC 9449): what a proof must be, and what a token is worth without its key.</summary>
public sealed class BoundTokensTests : IAsyncLifetime
{
    private static readonly string[] _advertised = ["ES256", "PS256", "RS256"];

    private KOauthApp _koauth = null!;
    private ProofMaker _key = null!;

    public async ValueTask InitializeAsync()
    {
        _koauth = await KOauthApp.StartReadyAsync();
        await _koauth.AddClientAsync("public", isPublic: true);
        _key = new ProofMaker(_koauth.Clock);
    }

    public ValueTask DisposeAsync()
    {
        _key.Dispose();
        return _koauth.DisposeAsync();
    }

    [Fact]
    public async Task A_proof_binds_the_access_token_to_its_key()
    {
        var reply = await ConnectAsync("public");

        Assert.Equal("DPoP", reply.Json.GetProperty("token_type").GetString());
        using var cnf = JsonDocument.Parse(reply.Access.GetClaim("cnf").Value);
        Assert.Equal(_key.Thumbprint, cnf.RootElement.GetProperty("jkt").GetString());
        Assert.Equal("DPoP", (await RefreshAsync(_key, reply, "public")).Json.GetProperty("token_type").GetString());
    }

    [Fact]
    public async Task Without_a_proof_tokens_are_bearer_tokens()
    {
        var reply = await _koauth.ConnectAsync();

        Assert.Equal("Bearer", reply.Json.GetProperty("token_type").GetString());
        Assert.False(reply.Access.TryGetClaim("cnf", out _));
        Assert.False(reply.Response.Headers.Contains("DPoP-Nonce"));
    }

    [Fact]
    public async Task A_stolen_refresh_token_of_a_public_client_is_worth_nothing_without_the_key()
    {
        var reply = await ConnectAsync("public");
        using var thief = new ProofMaker(_koauth.Clock);

        Assert.Equal("invalid_grant", (await _koauth.RefreshAsync(reply.RefreshToken!, "public", isPublic: true)).Error);
        Assert.Equal("refresh_of_another_key", _koauth.Told[^1].Reason);
        Assert.Equal("invalid_grant", (await RefreshAsync(thief, reply, "public")).Error);
        Assert.Equal("refresh_of_another_key", _koauth.Told[^1].Reason);
        Assert.Null((await RefreshAsync(_key, reply, "public")).Error);
    }

    [Fact]
    public async Task A_public_client_cannot_begin_with_proofs_on_refresh()
    {
        var bearer = await _koauth.ConnectAsync(new Flow("public"), isPublic: true);

        Assert.Equal("invalid_grant", (await RefreshAsync(_key, bearer, "public")).Error);
        Assert.Equal("refresh_binding_late", _koauth.Told[^1].Reason);
        Assert.Null((await _koauth.RefreshAsync(bearer.RefreshToken!, "public", isPublic: true)).Error);
    }

    [Fact]
    public async Task A_client_that_authenticates_may_change_its_key()
    {
        var reply = await ConnectAsync("app");
        using var other = new ProofMaker(_koauth.Clock);

        var refreshed = await RefreshAsync(other, reply, "app");

        Assert.Contains(other.Thumbprint, refreshed.Access.GetClaim("cnf").Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_registered_for_bound_tokens_gets_no_others()
    {
        await _koauth.ChangeClientAsync("app", c => c.RequiresBoundTokens = true);
        var flow = new Flow();
        using var browser = _koauth.OpenBrowser();
        var code = await browser.CodeAsync(flow);

        Assert.Equal("invalid_dpop_proof", (await _koauth.RedeemAsync(flow, code)).Error);
        Assert.Equal("dpop_proof_missing", _koauth.Told[^1].Reason);
        var reply = await _koauth.ProveAsync(_key, Redemption(flow, code));
        Assert.Null(reply.Error);
        Assert.Equal("invalid_dpop_proof", (await _koauth.RefreshAsync(reply.RefreshToken!)).Error);
    }

    [Fact]
    public async Task A_code_bound_at_authorize_is_redeemed_by_its_key_alone()
    {
        var flow = new Flow("public").With("dpop_jkt", _key.Thumbprint);
        using var browser = _koauth.OpenBrowser();
        var code = await browser.CodeAsync(flow);
        using var thief = new ProofMaker(_koauth.Clock);

        Assert.Equal("invalid_grant", (await _koauth.RedeemAsync(flow, code, isPublic: true)).Error);
        Assert.Equal("code_of_another_key", _koauth.Told[^1].Reason);
        Assert.Equal("invalid_grant", (await _koauth.ProveAsync(thief, Redemption(flow, code))).Error);
        Assert.Equal("code_of_another_key", _koauth.Told[^1].Reason);
        Assert.Null((await _koauth.ProveAsync(_key, Redemption(flow, code))).Error);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public async Task A_thumbprint_at_authorize_is_a_thumbprint(string thumbprint)
    {
        using var browser = _koauth.OpenBrowser();

        await browser.OpenAsync(KOauthApp.Issuer + new Flow().With("dpop_jkt", thumbprint).Url);

        Assert.Equal("invalid_request", browser.Carried["error"]);
        Assert.Equal("dpop_jkt_malformed", _koauth.Told[^1].Reason);
    }

    [Fact]
    public async Task A_proof_needs_the_nonce_of_the_server_and_is_told_it_with_every_answer()
    {
        var first = await _koauth.PostWithProofAsync(_key.Make(), Refresh("kor_x", "app"));
        Assert.Equal((HttpStatusCode.BadRequest, "use_dpop_nonce"), (first.Status, first.Error));
        Assert.Equal("dpop_nonce_missing", _koauth.Told[^1].Reason);

        _key.Nonce = first.Response.Headers.GetValues("DPoP-Nonce").Single();
        var second = await _koauth.PostWithProofAsync(_key.Make(), Refresh("kor_x", "app"));
        Assert.Equal("refresh_unreadable", _koauth.Told[^1].Reason);
        Assert.True(second.Response.Headers.Contains("DPoP-Nonce"));

        _koauth.Clock.Advance(ProofNonces.Period);
        Assert.Equal("invalid_grant", (await _koauth.PostWithProofAsync(_key.Make(), Refresh("kor_x", "app"))).Error);
        var told = _koauth.Told.Count;
        _koauth.Clock.Advance(ProofNonces.Period);
        var stale = await _koauth.PostWithProofAsync(_key.Make(), Refresh("kor_x", "app"));
        Assert.Equal(("use_dpop_nonce", Reasons.DpopNonceStale.Wire), (stale.Error, stale.Json.GetProperty("error_description").GetString()));
        Assert.Equal(told, _koauth.Told.Count);
        _key.Nonce = "AAAAAAAAAAAAAAAAAAAAAA";
        Assert.Equal("use_dpop_nonce", (await _koauth.PostWithProofAsync(_key.Make(), Refresh("kor_x", "app"))).Error);
    }

    [Fact]
    public async Task A_proof_works_once()
    {
        await FetchNonceAsync();
        var proof = _key.Make();

        Assert.Equal("invalid_grant", (await _koauth.PostWithProofAsync(proof, Refresh("kor_x", "app"))).Error);
        Assert.Equal("invalid_dpop_proof", (await _koauth.PostWithProofAsync(proof, Refresh("kor_x", "app"))).Error);
        Assert.Equal("dpop_proof_replayed", _koauth.Told[^1].Reason);
        Assert.Equal("invalid_dpop_proof", (await _koauth.PostWithProofAsync(_key.Make(payload: p => p["jti"] = "proof-2"), Refresh("kor_x", "app"))).Error);
        using var other = new ProofMaker(_koauth.Clock) { Nonce = _key.Nonce };
        Assert.Equal("invalid_grant", (await _koauth.PostWithProofAsync(other.Make(payload: p => p["jti"] = "proof-2"), Refresh("kor_x", "app"))).Error);
    }

    [Fact]
    public async Task Of_one_proof_sent_many_times_at_once_one_is_accepted()
    {
        await FetchNonceAsync();
        var seen = _koauth.Services.GetRequiredService<SeenProofs>();
        var (proof, _) = await Proof.ReadAsync(_key.Make());
        using var barrier = new Barrier(8);

        var accepted = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () => barrier.SignalAndWait(TimeSpan.FromSeconds(20)) && seen.TryAdd(proof!), TaskCreationOptions.LongRunning)));

        Assert.Single(accepted, won => won);
    }

    [Theory]
    [InlineData("typ", "JWT", "type")]
    [InlineData("typ", "at+jwt", "type")]
    [InlineData("typ", null, "type")]
    [InlineData("alg", "none", "algorithm")]
    [InlineData("alg", "HS256", "algorithm")]
    [InlineData("alg", "ES512", "algorithm")]
    [InlineData("alg", null, "algorithm")]
    [InlineData("alg", "RS256", "jwk")]
    [InlineData("jwk", null, "jwk")]
    [InlineData("crit", "x", "crit")]
    [InlineData("b64", "x", "b64")]
    [InlineData("jku", "https://evil.example/jwks", "jku")]
    public Task A_proof_is_refused_for_its_header(string member, string? value, string told) =>
        RefusedAsync(_ => _key.Make(header: h => Set(h, member, value)), told);

    [Theory]
    [InlineData("jti", null, "jti")]
    [InlineData("jti", "", "jti")]
    [InlineData("htm", null, "htm")]
    [InlineData("htm", "GET", "htm")]
    [InlineData("htm", "post", "htm")]
    [InlineData("htu", null, "htu")]
    [InlineData("htu", "https://auth.example.test/oauth/tokens", "htu")]
    [InlineData("htu", "https://evil.example/oauth/token", "htu")]
    [InlineData("htu", "http://auth.example.test/oauth/token", "htu")]
    [InlineData("htu", "https://auth.example.test:8443/oauth/token", "htu")]
    [InlineData("htu", "https://auth.example.test@evil.example/oauth/token", "htu")]
    [InlineData("htu", "/oauth/token", "htu")]
    [InlineData("iat", null, "iat")]
    [InlineData("iat", "soon", "iat")]
    public Task A_proof_is_refused_for_its_claims(string member, string? value, string told) =>
        RefusedAsync(_ => _key.Make(payload: p => Set(p, member, value)), told);

    [Theory]
    [InlineData(-301)]
    [InlineData(301)]
    public Task A_proof_of_another_time_is_refused(int seconds) =>
        RefusedAsync(now => _key.Make(payload: p => p["iat"] = now + seconds), "minutes from now");

    [Fact]
    public Task A_proof_that_says_it_has_expired_is_refused() => RefusedAsync(now => _key.Make(payload: p => p["exp"] = now), "expired");

    [Fact]
    public Task A_proof_with_a_private_key_is_refused() =>
        RefusedAsync(_ => _key.Make(header: h => h["jwk"]!["d"] = "AAAA"), "private");

    [Fact]
    public Task A_key_that_is_not_on_the_curve_is_refused() =>
        RefusedAsync(_ => _key.Make(header: h => h["jwk"]!["x"] = Base64Url.EncodeToString(new byte[32])), "jwk");

    [Fact]
    public Task A_proof_that_was_changed_is_refused() => RefusedAsync(
        _ =>
        {
            var (mine, others) = (_key.Make().Split('.'), _key.Make().Split('.'));
            return $"{mine[0]}.{others[1]}.{mine[2]}";
        },
        "signature");

    [Fact]
    public Task A_proof_signed_by_another_key_than_it_names_is_refused()
    {
        using var other = new ProofMaker(_koauth.Clock);
        var key = other.PublicKey();
        return RefusedAsync(_ => _key.Make(header: h => h["jwk"] = key), "signature");
    }

    [Fact]
    public async Task A_proof_is_one_header_in_one_spelling()
    {
        await RefusedAsync(_ => "x", "spelling");
        await RefusedAsync(_ => _key.Make() + "=", "spelling");
        await RefusedAsync(_ => _key.Make(payload: p => p["jti"] = new string('j', 5000)), "characters");
        await RefusedAsync(_ => _key.Make() + ", " + _key.Make(), "");
        await RefusedAsync(_ => _key.Sign("""{"typ":"dpop+jwt","typ":"dpop+jwt"}""", "{}"), "twice");
    }

    [Theory]
    [InlineData("https://AUTH.example.test:443/oauth/token")]
    [InlineData("https://auth.example.test/oauth/token?a=b#c")]
    [InlineData("https://auth.example.test/%6fauth/token")]
    public async Task The_address_of_a_proof_may_be_spelled_otherwise(string address)
    {
        await FetchNonceAsync();

        await _koauth.PostWithProofAsync(_key.Make(address: address), Refresh("kor_x", "app"));

        Assert.Equal("refresh_unreadable", _koauth.Told[^1].Reason);
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    public async Task Every_advertised_algorithm_works(string algorithm)
    {
        using var metadata = JsonDocument.Parse(await _koauth.Http.GetStringAsync("/.well-known/oauth-authorization-server"));
        Assert.Equal(_advertised, metadata.RootElement.GetProperty("dpop_signing_alg_values_supported").EnumerateArray().Select(v => v.GetString()!));
        await FetchNonceAsync();
        using var rsa = RSA.Create(2048);

        await _koauth.PostWithProofAsync(RsaProof(rsa, algorithm), Refresh("kor_x", "app"));

        Assert.Equal("refresh_unreadable", _koauth.Told[^1].Reason);
        using var weak = RSA.Create(1024);
        await _koauth.PostWithProofAsync(RsaProof(weak, algorithm), Refresh("kor_x", "app"));
        Assert.Equal("dpop_proof_invalid", _koauth.Told[^1].Reason);
    }

    [Fact]
    public async Task A_refused_proof_costs_the_code_nothing()
    {
        var flow = new Flow("public");
        using var browser = _koauth.OpenBrowser();
        var code = await browser.CodeAsync(flow);
        await _koauth.PostWithProofAsync("x", Redemption(flow, code));

        Assert.Null((await _koauth.ProveAsync(_key, Redemption(flow, code))).Error);
    }

    [Theory]
    [InlineData(true, true, true, null)]
    [InlineData(true, false, true, "dpop_scheme_wrong")]
    [InlineData(false, true, true, "dpop_scheme_wrong")]
    [InlineData(false, false, false, null)]
    [InlineData(true, true, false, "dpop_proof_missing")]
    public async Task A_bound_token_is_taken_under_its_scheme_with_a_proof_alone(bool isBound, bool isDpop, bool hasProof, string? reason)
    {
        var check = _koauth.Services.GetRequiredService<ProofCheck>();

        Assert.Equal(reason, (await PresentAsync(check, isBound, isDpop, hasProof ? _key.Make(token: "token", address: Userinfo) : null))?.Reason.Id);
    }

    [Fact]
    public async Task A_bound_token_with_a_proof_for_another_token_or_of_another_key_is_refused()
    {
        var check = _koauth.Services.GetRequiredService<ProofCheck>();
        using var thief = new ProofMaker(_koauth.Clock);

        Assert.Contains("ath", (await PresentAsync(check, true, true, _key.Make(token: "other", address: Userinfo)))!.Detail, StringComparison.Ordinal);
        Assert.Contains("ath", (await PresentAsync(check, true, true, _key.Make(address: Userinfo)))!.Detail, StringComparison.Ordinal);
        Assert.Contains("another key", (await PresentAsync(check, true, true, thief.Make(token: "token", address: Userinfo)))!.Detail, StringComparison.Ordinal);
        Assert.Contains("htu", (await PresentAsync(check, true, true, _key.Make(token: "token")))!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_row_of_a_public_client_keeps_the_key()
    {
        await ConnectAsync("public");

        await using var db = _koauth.OpenDatabase();
        var grant = await db.Grants.SingleAsync();
        Assert.Equal(_key.Thumbprint, Base64Url.EncodeToString(grant.Binding));
    }

    [Fact]
    public async Task A_flood_of_proofs_makes_the_oldest_forgotten_and_memory_stays_bounded()
    {
        var seen = new SeenProofs(_koauth.Clock, capacity: 3);
        var (first, _) = await Proof.ReadAsync(_key.Make());
        Assert.True(seen.TryAdd(first!));
        for (var i = 0; i < 3; i++)
        {
            Assert.True(seen.TryAdd((await Proof.ReadAsync(_key.Make())).Proof!));
        }

        Assert.False(seen.TryAdd(first!));
        _koauth.Clock.Advance(4 * Proof.Window);
        Assert.True(seen.TryAdd(first!)); // it would be refused for its time
    }

    private const string Userinfo = KOauthApp.Issuer + "/oauth/userinfo";

    private async Task<Refusal?> PresentAsync(ProofCheck check, bool isBound, bool isDpop, string? proof)
    {
        var http = new DefaultHttpContext { Request = { Method = "POST" } };
        if (proof is not null)
        {
            http.Request.Headers["DPoP"] = proof;
        }

        return await check.WhyNotPresentedAsync(http, "/oauth/userinfo", "token", isDpop, isBound ? _key.Thumbprint : null);
    }

    private async Task RefusedAsync(Func<long, string> proof, string told)
    {
        await FetchNonceAsync();

        var reply = await _koauth.PostWithProofAsync(proof(_koauth.Clock.GetUtcNow().ToUnixTimeSeconds()), Refresh("kor_x", "app"));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_dpop_proof"), (reply.Status, reply.Error));
        Assert.Equal("dpop_proof_invalid", _koauth.Told[^1].Reason);
        Assert.Contains(told, _koauth.Told[^1].Fact("detail"), StringComparison.Ordinal);
    }

    private async Task FetchNonceAsync() =>
        _key.Nonce = (await _koauth.PostWithProofAsync(_key.Make(), Refresh("kor_x", "app"))).Response.Headers.GetValues("DPoP-Nonce").Single();

    private async Task<TokenReply> ConnectAsync(string client)
    {
        var flow = new Flow(client);
        using var browser = _koauth.OpenBrowser();
        var reply = await _koauth.ProveAsync(_key, Redemption(flow, await browser.CodeAsync(flow)));
        Assert.Null(reply.Error);
        return reply;
    }

    private Task<TokenReply> RefreshAsync(ProofMaker key, TokenReply reply, string client) => _koauth.ProveAsync(key, Refresh(reply.RefreshToken!, client));

    private static (string, string)[] Redemption(Flow flow, string code) =>
    [
        ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", flow.RedirectUri), ("code_verifier", flow.Verifier),
        .. Credentials(flow.ClientId),
    ];

    private static (string, string)[] Refresh(string token, string client) =>
        [("grant_type", "refresh_token"), ("refresh_token", token), .. Credentials(client)];

    private static (string, string)[] Credentials(string client) =>
        client == "public" ? [("client_id", client)] : [("client_id", client), ("client_secret", KOauthApp.SecretOf(client))];

    private static void Set(JsonObject json, string member, string? value)
    {
        json.Remove(member);
        if (value is not null)
        {
            json[member] = value;
        }
    }

    private string RsaProof(RSA rsa, string algorithm)
    {
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        var proof = _key.Make(header: h =>
        {
            h["alg"] = algorithm;
            h["jwk"] = new JsonObject { ["kty"] = "RSA", ["n"] = Base64Url.EncodeToString(parameters.Modulus), ["e"] = Base64Url.EncodeToString(parameters.Exponent) };
        });
        var signed = proof[..proof.LastIndexOf('.')];
        var padding = algorithm == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        return $"{signed}.{Base64Url.EncodeToString(rsa.SignData(System.Text.Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, padding))}";
    }
}
