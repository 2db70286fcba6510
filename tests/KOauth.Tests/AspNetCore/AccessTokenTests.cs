using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace KOauth.Tests.AspNetCore;

/// <summary>What a token must be to be let in by a protected resource, and what is refused without asking anybody.</summary>
public sealed class AccessTokenTests : IAsyncLifetime
{
    private ProtectedApp _app = null!;

    private StandInServer Server => _app.Server;

    public async ValueTask InitializeAsync()
    {
        _app = await ProtectedApp.StartAsync();
        await _app.LoggedAsync("is confirmed");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_good_token_is_accepted()
    {
        using var answer = await _app.PostAsync(Server.Token());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("application/at+jwt")]
    [InlineData("AT+JWT")]
    public async Task The_type_may_be_spelled_as_a_media_type_may(string type)
    {
        using var answer = await _app.PostAsync(Server.Token(header: h => h["typ"] = type));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [Trait("check", "JW-01")]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("nOnE")]
    [InlineData("")]
    public async Task A_token_without_signature_is_refused(string algorithm)
    {
        var good = Server.Token().Split('.');
        var header = Server.Header();
        header["alg"] = algorithm;
        var head = StandInServer.Encode(header.ToJsonString());

        await RefusedAsync($"{head}.{good[1]}.");
        await RefusedAsync($"{head}.{good[1]}");
        await RefusedAsync($"{head}.{good[1]}.{good[2]}");
        await RefusedAsync($"{good[0]}.{good[1]}.");
    }

    [Theory]
    [Trait("check", "JW-02")]
    [InlineData("HS256", "pem")]
    [InlineData("HS256", "der")]
    [InlineData("HS256", "jwk")]
    [InlineData("HS512", "der")]
    public async Task A_public_key_is_not_a_secret(string algorithm, string form)
    {
        var secret = form switch
        {
            "pem" => Encoding.UTF8.GetBytes(Server.Key.ExportSubjectPublicKeyInfoPem()),
            "der" => Server.Key.ExportSubjectPublicKeyInfo(),
            _ => Encoding.UTF8.GetBytes(Server.PublicKey().ToJsonString()),
        };
        var header = Server.Header();
        header["alg"] = algorithm;
        var signed = $"{StandInServer.Encode(header.ToJsonString())}.{StandInServer.Encode(Server.Payload("notes:read").ToJsonString())}";
        var mac = algorithm == "HS256"
            ? HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed))
            : HMACSHA512.HashData(secret, Encoding.ASCII.GetBytes(signed));

        await RefusedAsync($"{signed}.{System.Buffers.Text.Base64Url.EncodeToString(mac)}");
    }

    [Theory]
    [Trait("check", "JW-03")]
    [InlineData("https://evil.example")]
    [InlineData("https://auth.example/")]
    [InlineData("https://auth.example/other-tenant")]
    [InlineData("HTTPS://auth.example")]
    public async Task Another_issuer_is_refused(string issuer) =>
        await RefusedAsync(Server.Token(payload: p => p["iss"] = issuer), because: "issued by another authorization server");

    [Theory]
    [Trait("check", "JW-04")]
    [InlineData("https://other.example/mcp")]
    [InlineData("https://notes.example")]
    [InlineData("https://notes.example/mc")]
    [InlineData("https://notes.example/mcp/x")]
    [InlineData("https://notes.example/MCP")]
    public async Task A_token_for_another_resource_is_refused(string audience) =>
        await RefusedAsync(Server.Token(payload: p => p["aud"] = audience), because: "meant for another resource");

    [Fact]
    [Trait("check", "JW-04")]
    public async Task A_token_for_no_resource_is_refused()
    {
        await RefusedAsync(Server.Token(payload: p => p.Remove("aud")));
        await RefusedAsync(Server.Token(payload: p => p["aud"] = new JsonArray()));
        await RefusedAsync(Server.Token(payload: p => p["aud"] = null));
        await RefusedAsync(Server.Token(payload: p => p["aud"] = new JsonArray(1)));
    }

    [Fact]
    public async Task One_slash_at_the_end_of_the_audience_makes_no_difference()
    {
        using var answer = await _app.PostAsync(Server.Token(payload: p => p["aud"] = new JsonArray(ProtectedApp.Resource + "/")));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [Trait("check", "JW-05")]
    [InlineData("JWT")]
    [InlineData("logout+jwt")]
    [InlineData("client-authentication+jwt")]
    [InlineData("oauth-id-jag+jwt")]
    [InlineData(null)]
    public async Task Another_kind_of_token_by_the_same_key_is_refused(string? type) =>
        await RefusedAsync(Server.Token(header: h => h["typ"] = type));

    [Theory]
    [Trait("check", "JW-07")]
    [InlineData("../../etc/passwd")]
    [InlineData("' OR 1=1")]
    [InlineData("https://evil.example/jwks")]
    [InlineData("/dev/random")]
    [InlineData("")]
    public async Task A_strange_key_id_is_refused_without_asking_anybody(string id) =>
        await RefusedAsync(Server.Token(header: h => h["kid"] = id));

    [Fact]
    [Trait("check", "JW-07")]
    public async Task A_key_id_that_is_huge_or_missing_or_no_text_is_refused_without_asking_anybody()
    {
        await RefusedAsync(Server.Token(header: h => h["kid"] = new string('k', 10_000)));
        await RefusedAsync(Server.Token(header: h => h.Remove("kid")));
        await RefusedAsync(Server.Token(header: h => h["kid"] = new JsonArray(Server.KeyId)));
    }

    [Theory]
    [Trait("check", "JW-08")]
    [InlineData("jku")]
    [InlineData("x5u")]
    [InlineData("jwk")]
    [InlineData("x5c")]
    public async Task A_token_cannot_bring_its_own_key(string member)
    {
        // Otherwise it is a good token: the server itself signed it.
        await RefusedAsync(Server.Token(header: h => h[member] = member switch
        {
            "jwk" => Server.PublicKey(),
            "x5c" => new JsonArray("AAAA"),
            _ => "https://evil.example/keys",
        }));

        Assert.DoesNotContain(Server.Asked, address => address.Contains("evil", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("check", "JW-09")]
    public async Task A_header_that_changes_what_is_signed_is_refused()
    {
        await RefusedAsync(Server.Token(header: h => h["crit"] = new JsonArray("exp")));
        await RefusedAsync(Server.Token(header: h => { h["crit"] = new JsonArray("b64"); h["b64"] = false; }));
        await RefusedAsync(Server.Token(header: h => h["b64"] = false));
        await RefusedAsync(Server.Token(header: h => h["zip"] = "DEF"));
    }

    [Fact]
    [Trait("check", "JW-10")]
    public async Task A_member_named_twice_is_refused()
    {
        var header = Server.Header().ToJsonString();
        var payload = Server.Payload("notes:read").ToJsonString();

        await RefusedAsync(Server.Sign(header, payload[..^1] + ""","aud":"https://notes.example/mcp"}"""));
        await RefusedAsync(Server.Sign(header, payload[..^1] + ""","\u0061ud":"https://notes.example/mcp"}"""));
        await RefusedAsync(Server.Sign(header[..^1] + ""","alg":"ES256"}""", payload));
        await RefusedAsync(Server.Sign(header, payload[..^1] + ""","act":{"sub":"x","sub":"y"}}"""));
    }

    [Fact]
    [Trait("check", "JW-10")]
    public async Task Abuse_of_the_parser_is_refused_fast()
    {
        var header = Server.Header().ToJsonString();
        var payload = Server.Payload("notes:read").ToJsonString();
        var since = Stopwatch.GetTimestamp();

        await RefusedAsync(Server.Sign(header, payload[..^1] + ",\"x\":" + new string('[', 1000) + new string(']', 1000) + "}"));
        await RefusedAsync(Server.Token(payload: p => p["x"] = new string('x', 1_000_000)));
        await RefusedAsync(Server.Token(payload: p => p["aud"] = Audiences(10_000)));
        await RefusedAsync(Server.Token(payload: p => p["aud"] = Audiences(100)));
        await RefusedAsync(new string('.', 1_000_000));
        await RefusedAsync(Server.Sign(header, "[]"));
        await RefusedAsync(Server.Sign(header, "null"));
        await RefusedAsync(Server.Sign("7", payload));
        await RefusedAsync(Server.Sign(header, """{"sub":"\uD800"}"""));

        Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(5));
    }

    [Fact]
    [Trait("check", "JW-11")]
    public async Task A_signature_of_zeros_or_in_DER_or_by_another_curve_is_refused()
    {
        var signed = Server.Token().Split('.')[..2];
        var bytes = Encoding.ASCII.GetBytes(string.Join('.', signed));

        await RefusedAsync($"{signed[0]}.{signed[1]}.{Base64(new byte[64])}");
        await RefusedAsync($"{signed[0]}.{signed[1]}.{Base64(Server.Key.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))}");

        using var otherCurve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        await RefusedAsync($"{signed[0]}.{signed[1]}.{Base64(otherCurve.SignData(bytes, HashAlgorithmName.SHA256))}");

        // The header says ES384, the key is for ES256.
        await RefusedAsync(Server.Token(header: h => h["alg"] = "ES384"));
        await RefusedAsync(Server.Token(header: h => h["alg"] = "RS256"));
        await RefusedAsync(Server.Token(header: h => h["alg"] = "es256"));
    }

    [Fact]
    [Trait("check", "JW-12")]
    public async Task A_token_has_one_spelling()
    {
        var good = Server.Token();
        var parts = good.Split('.');

        await RefusedAsync(good[..^1]);
        await RefusedAsync(good + "A");
        await RefusedAsync(good + ".");
        await RefusedAsync(good + "." + parts[2]);
        await RefusedAsync(good + "==");
        await RefusedAsync($"{parts[0]}=.{parts[1]}.{parts[2]}");
        await RefusedAsync($"{parts[0]}.{parts[1]}.{parts[2][..^1]}{LastBitsChanged(parts[2][^1])}");
        await RefusedAsync($"{parts[0]}.{parts[1]}.{parts[2][..^1]}+");
        await RefusedAsync($"{parts[0]}.{parts[1]}");
    }

    [Fact]
    [Trait("check", "JW-12")]
    public async Task White_space_inside_a_token_is_a_malformed_header()
    {
        var parts = Server.Token().Split('.');

        foreach (var text in (string[])[$"{parts[0]}. {parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}\t.{parts[2]}", "one two"])
        {
            using var message = ProtectedApp.Message(HttpMethod.Post, "/mcp", body: "{}");
            message.Headers.TryAddWithoutValidation("Authorization", $"Bearer {text}");
            using var answer = await _app.SendAsync(message);

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData(-60, 0, HttpStatusCode.Unauthorized)]
    [InlineData(-59, 0, HttpStatusCode.OK)]
    [InlineData(3600, 60, HttpStatusCode.OK)]
    [InlineData(3600, 61, HttpStatusCode.Unauthorized)]
    public async Task Clocks_may_differ_by_a_minute(int expiry, int start, HttpStatusCode expected)
    {
        var now = _app.Clock.GetUtcNow().ToUnixTimeSeconds();

        using var answer = await _app.PostAsync(Server.Token(payload: p =>
        {
            p["exp"] = now + expiry;
            p["nbf"] = now + start;
        }));

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task A_token_dies_when_its_time_is_over()
    {
        var token = Server.Token();
        _app.Clock.Advance(TimeSpan.FromSeconds(3661));

        using var answer = await _app.PostAsync(token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("has expired", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exp")]
    [InlineData("sub")]
    [InlineData("iss")]
    public async Task A_token_that_lacks_a_claim_is_refused(string claim)
    {
        await RefusedAsync(Server.Token(payload: p => p.Remove(claim)));
        await RefusedAsync(Server.Token(payload: p => p[claim] = claim == "exp" ? "4102444800" : 1));
    }

    [Fact]
    public async Task A_token_bound_to_a_key_is_no_bearer_token() =>
        await RefusedAsync(Server.Token(payload: p => p["cnf"] = new JsonObject { ["jkt"] = "x" }));

    [Fact]
    public async Task A_change_of_one_character_is_noticed()
    {
        var token = Server.Token();
        for (var i = 0; i < 300; i++)
        {
            var place = i * 37 % token.Length;
            var changed = token[..place] + (char)('!' + (i * 17 % 94)) + token[(place + 1)..];
            using var message = ProtectedApp.Message(HttpMethod.Post, "/mcp", body: "{}");
            message.Headers.TryAddWithoutValidation("Authorization", $"Bearer {changed}");
            using var answer = await _app.SendAsync(message);

            Assert.True(changed == token || answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest, changed);
        }
    }

    [Fact]
    public async Task What_a_token_says_reaches_neither_the_answer_nor_the_log_unclean()
    {
        using var answer = await _app.PostAsync(Server.Token(payload: p => p["iss"] = "evil\", scope=\"admin\r\nInformation: forged"));

        Assert.DoesNotContain("evil", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        var line = await _app.LoggedAsync("expected 'https://auth.example'");
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public async Task No_token_is_ever_logged()
    {
        var token = Server.Token(payload: p => p["aud"] = "https://other.example");
        using var answer = await _app.PostAsync(token);

        Assert.DoesNotContain(_app.Log, line => line.Contains(token.Split('.')[1], StringComparison.Ordinal));
    }

    private static JsonArray Audiences(int count) =>
        new([.. Enumerable.Range(1, count).Select(i => (JsonNode)$"https://{i}.example"), ProtectedApp.Resource]);

    private static string Base64(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    // 64 bytes leave four unused bits in the last character; a lenient decoder ignores them.
    private static char LastBitsChanged(char last)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return Alphabet[Alphabet.IndexOf(last, StringComparison.Ordinal) ^ 1];
    }

    private async Task RefusedAsync(string token, string? because = null)
    {
        var asked = Server.Asked.Count;

        using var answer = await _app.PostAsync(token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var challenge = Assert.Single(answer.Headers.WwwAuthenticate).ToString();
        Assert.Contains("error=\"invalid_token\"", challenge, StringComparison.Ordinal);
        Assert.Contains(because ?? "", challenge, StringComparison.Ordinal);
        Assert.Equal(asked, Server.Asked.Count);
    }
}
