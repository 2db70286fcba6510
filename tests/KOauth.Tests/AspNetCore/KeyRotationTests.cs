using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace KOauth.Tests.AspNetCore;

/// <summary>Keys come, go, and cannot be fetched for a while.</summary>
public sealed class KeyRotationTests
{
    [Fact]
    [Trait("check", "A-91")]
    public async Task A_token_by_a_new_key_is_accepted_at_once()
    {
        await using var app = await ProtectedApp.StartAsync();
        await app.LoggedAsync("is confirmed");
        app.Server.RotateKeys();

        using var answer = await app.PostAsync(app.Server.Token());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    [Trait("check", "A-91")]
    public async Task Tokens_are_accepted_while_the_authorization_server_is_down()
    {
        await using var app = await ProtectedApp.StartAsync();
        await app.LoggedAsync("is confirmed");
        app.Server.IsDown = true;
        app.Clock.Advance(TimeSpan.FromMinutes(11));
        await app.LoggedAsync("the keys known so far stay in use");

        using var answer = await app.PostAsync(app.Server.Token());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    [Trait("check", "JW-07")]
    public async Task Invented_key_ids_cause_one_fetch_per_five_seconds()
    {
        await using var app = await ProtectedApp.StartAsync();
        await app.LoggedAsync("is confirmed");

        for (var i = 0; i < 20; i++)
        {
            using var answer = await app.PostAsync(app.Server.Token(header: h => h["kid"] = $"invented-{i}"));
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        Assert.Equal(2, app.Server.KeySetReads); // at the start, and for the first invention
        app.Clock.Advance(TimeSpan.FromSeconds(5));
        using var later = await app.PostAsync(app.Server.Token(header: h => h["kid"] = "invented-again"));
        Assert.Equal(3, app.Server.KeySetReads);
    }

    [Fact]
    public async Task Requests_that_wait_for_a_new_key_share_one_fetch()
    {
        await using var app = await ProtectedApp.StartAsync();
        await app.LoggedAsync("is confirmed");
        app.Server.RotateKeys();
        var hold = new TaskCompletionSource();
        app.Server.Hold = hold.Task;

        var waiting = Enumerable.Range(0, 10).Select(_ => app.PostAsync(app.Server.Token())).ToList();
        hold.SetResult();

        foreach (var answer in await Task.WhenAll(waiting))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            answer.Dispose();
        }

        Assert.Equal(2, app.Server.KeySetReads);
    }

    [Fact]
    public async Task A_key_taken_out_of_service_is_forgotten()
    {
        await using var app = await ProtectedApp.StartAsync();
        await app.LoggedAsync("is confirmed");
        var old = app.Server.Token(payload: p => p["exp"] = 4102444800);
        app.Server.RotateKeys();
        using var fresh = await app.PostAsync(app.Server.Token());

        using var answer = await app.PostAsync(old);

        Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task An_empty_key_set_does_not_replace_a_good_one()
    {
        await using var app = await ProtectedApp.StartAsync();
        await app.LoggedAsync("is confirmed");
        app.Server.Keys = [];
        app.Clock.Advance(TimeSpan.FromMinutes(11));
        await app.LoggedAsync("no key that can check signatures");

        using var answer = await app.PostAsync(app.Server.Token());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_server_that_starts_to_lie_about_its_issuer_does_not_replace_the_keys()
    {
        await using var app = await ProtectedApp.StartAsync();
        await app.LoggedAsync("is confirmed");
        var good = app.Server.Token();
        app.Server.RotateKeys();
        app.Server.ClaimedIssuer = "https://evil.example";

        using var forged = await app.PostAsync(app.Server.Token());
        using var answer = await app.PostAsync(good);

        Assert.Equal(HttpStatusCode.Unauthorized, forged.StatusCode);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Unusable_keys_in_a_set_do_not_spoil_the_others()
    {
        await using var app = await ProtectedApp.StartAsync(server: server =>
        {
            using var small = RSA.Create(1024);
            server.Keys =
            [
                new JsonObject { ["kty"] = "oct", ["kid"] = "secret", ["k"] = "AAAA" },
                new JsonObject { ["kty"] = "EC", ["kid"] = "broken", ["crv"] = "P-256", ["x"] = "AA", ["y"] = "AA" },
                new JsonObject { ["kty"] = "OKP", ["kid"] = "unknown", ["crv"] = "Ed25519", ["x"] = "AAAA" },
                new JsonObject
                {
                    ["kty"] = "RSA", ["kid"] = "small", ["e"] = "AQAB",
                    ["n"] = System.Buffers.Text.Base64Url.EncodeToString(small.ExportParameters(false).Modulus),
                },
                server.PublicKey(),
            ];
        });
        Assert.Contains("Signing keys: 1.", await app.LoggedAsync("is confirmed"), StringComparison.Ordinal);

        using var answer = await app.PostAsync(app.Server.Token());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task An_RSA_key_serves_its_own_algorithm_only()
    {
        using var rsa = RSA.Create(2048);
        var key = rsa.ExportParameters(false);
        await using var app = await ProtectedApp.StartAsync(server: server => server.Keys =
        [
            new JsonObject
            {
                ["kty"] = "RSA", ["kid"] = "rsa", ["use"] = "sig", ["alg"] = "RS256",
                ["n"] = System.Buffers.Text.Base64Url.EncodeToString(key.Modulus), ["e"] = System.Buffers.Text.Base64Url.EncodeToString(key.Exponent),
            },
        ]);

        using var own = await app.PostAsync(Token("RS256", RSASignaturePadding.Pkcs1));
        using var other = await app.PostAsync(Token("PS256", RSASignaturePadding.Pss));

        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, other.StatusCode);

        string Token(string algorithm, RSASignaturePadding padding)
        {
            var header = new JsonObject { ["alg"] = algorithm, ["typ"] = "at+jwt", ["kid"] = "rsa" }.ToJsonString();
            var signed = $"{StandInServer.Encode(header)}.{StandInServer.Encode(app.Server.Payload("notes:read").ToJsonString())}";
            var signature = rsa.SignData(System.Text.Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, padding);
            return $"{signed}.{System.Buffers.Text.Base64Url.EncodeToString(signature)}";
        }
    }
}
