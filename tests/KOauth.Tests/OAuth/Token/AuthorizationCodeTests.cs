using System.Net;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.OAuth.Token;

/// <summary>A code buys tokens once, for its client, its verifier, its resource, for a minute.</summary>
public sealed class AuthorizationCodeTests
{
    [Fact]
    [Trait("check", "A-25")]
    [Trait("check", "A-42")]
    [Trait("check", "JW-14")]
    public async Task A_code_buys_tokens_for_exactly_the_resource()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var person = await koauth.AddUserAsync("bob@example.test");
        var flow = new Flow().With("scope", "notes:read");
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync("bob@example.test", KOauthApp.Password);

        var reply = await koauth.RedeemAsync(flow, await browser.CodeAsync(flow));

        var token = reply.Access;
        Assert.Equal("at+jwt", token.Typ);
        Assert.Equal("ES256", token.Alg);
        Assert.Equal(KOauthApp.Issuer, token.Issuer);
        Assert.Equal(KOauthApp.NotesUri, Assert.Single(token.Audiences));
        Assert.Equal("app", token.GetClaim("client_id").Value);
        Assert.Equal("notes:read", token.GetClaim("scope").Value);
        Assert.Equal(person.Id.ToString(), token.Subject);
        Assert.NotEmpty(token.Id);
        Assert.NotEmpty(token.GetClaim("grant_id").Value);
        Assert.InRange(token.ValidTo - token.IssuedAt, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));
    }

    [Fact]
    [Trait("check", "TK-38")]
    [Trait("check", "TK-39")]
    [Trait("check", "A-41")]
    public async Task The_answer_has_the_shape_clients_insist_on()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        var reply = await koauth.ConnectAsync();

        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal("application/json", reply.Response.Content.Headers.ContentType!.MediaType);
        Assert.True(reply.Response.Headers.CacheControl!.NoStore);
        Assert.False(reply.Response.Headers.Contains("Set-Cookie"));
        Assert.Equal("Bearer", reply.Json.GetProperty("token_type").GetString());
        Assert.Equal(3600, reply.Json.GetProperty("expires_in").GetInt32());
        Assert.StartsWith("kor_", reply.RefreshToken);
        Assert.DoesNotContain(reply.Json.EnumerateObject(), m => m.Value.ValueKind == System.Text.Json.JsonValueKind.Null);
    }

    [Theory]
    [InlineData(0, false, true)]
    [InlineData(11, false, false)]
    [InlineData(0, true, false)]
    [Trait("check", "TK-01")]
    [Trait("check", "A-39")]
    public async Task A_replay_that_is_otherwise_right_ends_the_grant_unless_it_comes_at_once_from_the_same_source(
        int secondsLater, bool fromElsewhere, bool lives)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var flow = new Flow();
        using var browser = koauth.OpenBrowser();
        var code = await browser.CodeAsync(flow);
        var first = await koauth.RedeemAsync(flow, code);
        koauth.Clock.Advance(TimeSpan.FromSeconds(secondsLater));
        koauth.Address = fromElsewhere ? IPAddress.Parse("203.0.113.9") : koauth.Address;

        var second = await koauth.RedeemAsync(flow, code);

        koauth.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("invalid_grant", second.Error);
        Assert.Equal("code_used", koauth.Told[^1].Reason);
        Assert.Equal(lives ? null : "invalid_grant", (await koauth.RefreshAsync(first.RefreshToken!)).Error);
    }

    [Fact]
    [Trait("check", "TK-02")]
    [Trait("check", "A-39")]
    public async Task A_replay_with_anything_wrong_ends_nothing()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddClientAsync("other");
        var flow = new Flow();
        using var browser = koauth.OpenBrowser();
        var code = await browser.CodeAsync(flow);
        var first = await koauth.RedeemAsync(flow, code);
        koauth.Clock.Advance(TimeSpan.FromSeconds(20));
        koauth.Address = IPAddress.Parse("203.0.113.9");

        var wrongVerifier = await koauth.RedeemAsync(flow, code, changes: ("code_verifier", new string('a', 43)));
        var otherClient = await koauth.RedeemAsync(flow, code, changes: [("client_id", "other"), ("client_secret", KOauthApp.SecretOf("other"))]);

        Assert.Equal("invalid_grant", wrongVerifier.Error);
        Assert.Equal("invalid_grant", otherClient.Error);
        Assert.Null((await koauth.RefreshAsync(first.RefreshToken!)).Error);
    }

    [Fact]
    [Trait("check", "TK-03")]
    public async Task A_code_of_another_client_buys_nothing_and_stays_good()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddClientAsync("other");
        var flow = new Flow();
        using var browser = koauth.OpenBrowser();
        var code = await browser.CodeAsync(flow);

        var stolen = await koauth.RedeemAsync(flow, code, changes: [("client_id", "other"), ("client_secret", KOauthApp.SecretOf("other"))]);

        Assert.Equal("invalid_grant", stolen.Error);
        Assert.Null((await koauth.RedeemAsync(flow, code)).Error);
    }

    public static TheoryData<string, string?, string, string> Causes => new()
    {
        { "code", "not-a-code", "code_unreadable", "unknown" },
        { "redirect_uri", KOauthApp.Callback + "/", "code_redirect_uri_differs", "other redirect URI" },
        { "redirect_uri", "https://app.example.test:443/cb", "code_redirect_uri_differs", "port" },
        { "redirect_uri", "https://app.example.test/CB", "code_redirect_uri_differs", "case" },
        { "code_verifier", null, "verifier_missing", "missing verifier" },
        { "code_verifier", new string('a', 43), "verifier_wrong", "wrong verifier" },
        { "code_verifier", new string('a', 42), "verifier_malformed", "short verifier" },
        { "code_verifier", new string('a', 129), "verifier_malformed", "long verifier" },
        { "code_verifier", new string('a', 42) + "!", "verifier_malformed", "illegal character" },
    };

    [Theory]
    [MemberData(nameof(Causes))]
    [Trait("check", "TK-04")]
    [Trait("check", "TK-05")]
    [Trait("check", "TK-08")]
    [Trait("check", "TK-09")]
    [Trait("check", "A-37")]
    [Trait("check", "A-40")]
    public async Task The_wire_says_invalid_grant_and_the_story_names_the_cause(string name, string? value, string reason, string cause)
    {
        Assert.NotEmpty(cause);
        await using var koauth = await KOauthApp.StartReadyAsync();
        var flow = new Flow();
        using var browser = koauth.OpenBrowser();
        var code = await browser.CodeAsync(flow);

        var reply = await koauth.RedeemAsync(flow, code, changes: (name, value));

        Assert.Equal("invalid_grant", reply.Error);
        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal(reason, koauth.Told[^1].Reason);
        Assert.Null((await koauth.RedeemAsync(flow, code)).Error); // nothing was consumed
    }

    [Fact]
    [Trait("check", "TK-10")]
    public async Task The_redirect_uri_may_be_left_out()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var flow = new Flow();
        using var browser = koauth.OpenBrowser();

        Assert.Null((await koauth.RedeemAsync(flow, await browser.CodeAsync(flow), changes: ("redirect_uri", null))).Error);
    }

    [Fact]
    [Trait("check", "TK-11")]
    [Trait("check", "A-40")]
    public async Task A_code_lives_for_a_minute()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        var flow = new Flow();
        var code = await browser.CodeAsync(flow);
        koauth.Clock.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal("invalid_grant", (await koauth.RedeemAsync(flow, code)).Error);
        Assert.Equal("code_expired", koauth.Told[^1].Reason);
    }

    [Fact]
    [Trait("check", "TK-12")]
    public async Task A_damaged_code_is_answered_like_any_other_bad_one()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        var flow = new Flow();
        var code = await browser.CodeAsync(flow);
        var unknown = await koauth.RedeemAsync(flow, "x");
        var middle = code.Length / 2;

        foreach (var damaged in new[]
        {
            code[..middle] + (code[middle] == 'A' ? 'B' : 'A') + code[(middle + 1)..], code[..^1], code[1..], code + code, code + "A", new string('A', 10_000),
        })
        {
            var reply = await koauth.RedeemAsync(flow, damaged);
            Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
            Assert.Equal(unknown.Json.ToString(), reply.Json.ToString());
        }

        Assert.Null((await koauth.RedeemAsync(flow, code)).Error);
    }

    [Fact]
    [Trait("check", "TK-40")]
    public async Task All_bad_codes_have_the_same_body()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddClientAsync("other");
        using var browser = koauth.OpenBrowser();
        var flow = new Flow();
        var code = await browser.CodeAsync(flow);
        var otherClients = await koauth.RedeemAsync(flow, code, changes: [("client_id", "other"), ("client_secret", KOauthApp.SecretOf("other"))]);
        await koauth.RedeemAsync(flow, code);
        var used = await koauth.RedeemAsync(flow, code);
        var unknown = await koauth.RedeemAsync(flow, "unknown");

        Assert.Equal(unknown.Json.ToString(), used.Json.ToString());
        Assert.Equal(unknown.Json.ToString(), otherClients.Json.ToString());
    }

    [Fact]
    [Trait("check", "TK-29")]
    [Trait("check", "A-38")]
    public async Task Of_fifty_at_once_one_wins_and_its_tokens_live()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: c => c.Trusted = true);
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync("alice@example.test", KOauthApp.Password);
        for (var round = 0; round < 20; round++)
        {
            var flow = new Flow();
            var code = await browser.CodeAsync(flow);
            using var barrier = new Barrier(50);
            var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    barrier.SignalAndWait();
                    return koauth.RedeemAsync(flow, code);
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).Unwrap()));

            var winner = Assert.Single(replies, r => r.Status == HttpStatusCode.OK);
            Assert.All(replies.Where(r => r != winner), r => Assert.Equal("invalid_grant", r.Error));
            Assert.Null((await koauth.RefreshAsync(winner.RefreshToken!)).Error); // all came within 10 s from one source
        }
    }

    [Fact]
    [Trait("check", "TK-31")]
    [Trait("check", "A-11")]
    public async Task What_is_switched_off_between_approval_and_redemption_buys_nothing()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        var flow = new Flow();
        var code = await browser.CodeAsync(flow);

        await koauth.ChangeClientAsync("app", c => c.Active = false);
        Assert.Equal("invalid_client", (await koauth.RedeemAsync(flow, code)).Error);
        Assert.Equal("client_inactive", koauth.Told[^1].Reason);

        await koauth.ChangeClientAsync("app", c => c.Active = true);
        await koauth.ChangeUserAsync("alice@example.test", u => u.Disable());
        Assert.Equal("invalid_grant", (await koauth.RedeemAsync(flow, code)).Error);
    }

    [Fact]
    [Trait("check", "TK-31")]
    public async Task A_disconnected_app_cannot_redeem_a_code_from_before()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        var flow = new Flow();
        var code = await browser.CodeAsync(flow);
        await koauth.ChangeAsync(async db => db.Links.Add(new KOauth.Grants.Link
        {
            UserId = (await db.Users.SingleAsync()).Id,
            ClientKey = (await db.Clients.SingleAsync()).Key,
            Epoch = 1,
        }));

        Assert.Equal("invalid_grant", (await koauth.RedeemAsync(flow, code)).Error);
        Assert.Equal("grant_ended", koauth.Told[^1].Reason);
    }

    [Fact]
    [Trait("check", "TK-33")]
    public async Task Another_resource_is_invalid_target_and_consumes_nothing()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddResourceAsync("https://files.example.test/mcp");
        using var browser = koauth.OpenBrowser();
        var flow = new Flow();
        var code = await browser.CodeAsync(flow);

        var wrong = await koauth.RedeemAsync(flow, code, changes: ("resource", "https://files.example.test/mcp"));

        Assert.Equal("invalid_target", wrong.Error);
        Assert.Null((await koauth.RedeemAsync(flow, code, changes: ("resource", KOauthApp.NotesUri))).Error);
    }

    [Fact]
    [Trait("check", "TK-34")]
    public async Task The_resource_may_be_named_once_for_both_requests()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        var atAuthorize = await koauth.ConnectAsync(new Flow());
        using var browser = koauth.OpenBrowser();
        var flow = new Flow().With("resource", null);
        var atToken = await koauth.RedeemAsync(flow, await browser.CodeAsync(flow), changes: ("resource", KOauthApp.NotesUri));

        Assert.Equal(KOauthApp.NotesUri, Assert.Single(atAuthorize.Access.Audiences));
        Assert.Equal(KOauthApp.NotesUri, Assert.Single(atToken.Access.Audiences));
    }

    [Fact]
    [Trait("check", "TK-35")]
    [Trait("check", "A-14")]
    public async Task Scope_at_redemption_narrows_and_never_widens()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        var wide = new Flow().With("scope", "notes:read");
        var narrow = new Flow().With("scope", "notes:read notes:write");

        var widened = await koauth.RedeemAsync(wide, await browser.CodeAsync(wide), changes: ("scope", "notes:read notes:write"));
        var narrowed = await koauth.RedeemAsync(narrow, await browser.CodeAsync(narrow), changes: ("scope", "notes:read"));

        Assert.Equal("notes:read", widened.Scope);
        Assert.Equal("notes:read", narrowed.Access.GetClaim("scope").Value);
    }

    [Fact]
    [Trait("check", "TK-24")]
    public async Task One_kind_of_token_is_never_taken_for_another()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        var flow = new Flow();
        var tokens = await koauth.ConnectAsync(flow);
        var fresh = await browser.CodeAsync(new Flow());

        Assert.Equal("invalid_grant", (await koauth.RedeemAsync(flow, tokens.RefreshToken!)).Error);
        Assert.Equal("invalid_grant", (await koauth.RedeemAsync(flow, tokens.AccessToken!)).Error);
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(fresh)).Error);
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(tokens.AccessToken!)).Error);
    }

    [Fact]
    [Trait("check", "JW-15")]
    public async Task Openid_brings_an_id_token_that_speaks_of_the_person_and_not_of_the_resource()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        var reply = await koauth.ConnectAsync(new Flow().With("scope", "openid email notes:read").With("nonce", "n-0S6_WzA2Mj"));

        var id = new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(reply.IdToken);
        Assert.Equal("RS256", id.Alg);
        Assert.Equal("app", Assert.Single(id.Audiences));
        Assert.Equal("n-0S6_WzA2Mj", id.GetClaim("nonce").Value);
        Assert.Equal("alice@example.test", id.GetClaim("email").Value);
        Assert.Equal(
            System.Buffers.Text.Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(reply.AccessToken!)).AsSpan(0, 16)),
            id.GetClaim("at_hash").Value);
        Assert.NotEmpty(id.GetClaim("auth_time").Value);
        Assert.DoesNotContain(id.Claims, c => c.Type is "scope" or "grant_id" or "client_id");
        Assert.Null((await koauth.ConnectAsync(new Flow().With("scope", "notes:read"))).IdToken);
    }

    [Fact]
    public async Task Openid_without_a_resource_is_for_the_issuer_alone()
    {
        await using var koauth = await KOauthApp.StartAsync();
        await koauth.AddClientAsync();
        await koauth.AddUserAsync();

        var reply = await koauth.ConnectAsync(new Flow().With("scope", "openid").With("resource", null));

        Assert.Equal(KOauthApp.Issuer, Assert.Single(reply.Access.Audiences));
    }
}
