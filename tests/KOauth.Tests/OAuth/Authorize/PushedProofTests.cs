using System.Net;

namespace KOauth.Tests.OAuth.Authorize;

/// <summary>A DPoP proof with a pushed request binds the code to its key (RFC 9449 §10.1).</summary>
public sealed class PushedProofTests : IAsyncLifetime
{
    private const string Address = KOauthApp.Issuer + "/oauth/par";

    private KOauthApp _koauth = null!;
    private ProofMaker _key = null!;

    public async ValueTask InitializeAsync()
    {
        _koauth = await KOauthApp.StartReadyAsync();
        _key = new ProofMaker(_koauth.Clock);
    }

    public ValueTask DisposeAsync()
    {
        _key.Dispose();
        return _koauth.DisposeAsync();
    }

    [Fact]
    public async Task The_code_of_a_proved_request_is_redeemed_with_that_key_alone()
    {
        using var stranger = new ProofMaker(_koauth.Clock);
        using var browser = _koauth.OpenBrowser();
        var flow = new Flow();
        await browser.ApproveAsync(flow);
        var pushed = await PushAsync(flow, _key.Make(address: Address));
        Assert.Equal(HttpStatusCode.Created, pushed.Status);
        await browser.OpenAsync(FlowSteps.PushedUrl(pushed.RequestUri!));
        var redemption = Redemption(flow, browser.Carried["code"]);

        Assert.Equal("invalid_grant", (await _koauth.TokenAsync(redemption)).Error);
        Assert.Equal("code_of_another_key", _koauth.Told[^1].Reason);
        Assert.Equal("invalid_grant", (await _koauth.ProveAsync(stranger, redemption)).Error);
        var reply = await _koauth.ProveAsync(_key, redemption);
        Assert.Null(reply.Error);
        Assert.Equal("DPoP", reply.Json.GetProperty("token_type").GetString());
    }

    [Fact]
    public async Task Its_answer_brings_the_nonce_that_the_token_endpoint_demands()
    {
        var pushed = await PushAsync(new Flow(), _key.Make(address: Address));

        _key.Nonce = Assert.Single(pushed.Response.Headers.GetValues("DPoP-Nonce"));
        await _koauth.PostWithProofAsync(_key.Make(), Redemption(new Flow(), "x"));
        Assert.Equal("code_unreadable", _koauth.Told[^1].Reason);
    }

    [Theory]
    [InlineData(true, "Created")]
    [InlineData(false, "BadRequest")]
    public async Task A_thumbprint_beside_the_proof_must_be_of_its_key(bool isSame, string status)
    {
        using var other = new ProofMaker(_koauth.Clock);

        var pushed = await PushAsync(new Flow().With("dpop_jkt", (isSame ? _key : other).Thumbprint), _key.Make(address: Address));

        Assert.Equal(status, pushed.Status.ToString());
        Assert.Equal(isSame ? null : "invalid_request", pushed.Error);
        Assert.Equal(isSame ? null : "dpop_jkt_differs", _koauth.Told[^1].Reason);
    }

    [Theory]
    [InlineData("rubbish")]
    [InlineData("of the token endpoint")]
    [InlineData("used before")]
    [InlineData("two")]
    public async Task A_wrong_proof_is_refused_and_never_taken_for_none(string what)
    {
        var proof = _key.Make(address: what == "of the token endpoint" ? KOauthApp.Issuer + "/oauth/token" : Address);
        if (what == "used before")
        {
            Assert.Null((await PushAsync(new Flow(), proof)).Error);
        }

        string[] proofs = what switch
        {
            "rubbish" => ["x"],
            "two" => [proof, _key.Make(address: Address)],
            _ => [proof],
        };
        var pushed = await PushAsync(new Flow(), proofs);

        Assert.Equal("invalid_dpop_proof", pushed.Error);
        Assert.Null(pushed.RequestUri);
    }

    private static (string, string)[] Redemption(Flow flow, string code) =>
    [
        ("grant_type", "authorization_code"), ("code", code), ("code_verifier", flow.Verifier),
        ("client_id", "app"), ("client_secret", KOauthApp.SecretOf("app")),
    ];

    private async Task<TokenReply> PushAsync(Flow flow, params string[] proofs)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/par")
        {
            Content = new FormUrlEncodedContent([.. flow.Parameters, new("client_secret", KOauthApp.SecretOf("app"))]),
        };
        foreach (var proof in proofs)
        {
            request.Headers.Add("DPoP", proof);
        }

        return await TokenReply.ReadAsync(await _koauth.Http.SendAsync(request));
    }
}
