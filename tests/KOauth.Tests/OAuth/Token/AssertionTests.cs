using System.Text.Json;
using System.Text.Json.Nodes;
using KOauth.Clients;
using KOauth.Data;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.OAuth.Token;

/// <summary>Enterprise-managed authorization: what an identity provider's assertion opens here, and what it does not.</summary>
public sealed class AssertionTests : IDisposable
{
    private const string JwtBearer = GrantTypeNames.JwtBearer;

    private readonly IdentityProvider _idp = new();

    public void Dispose() => _idp.Dispose();

    [Fact]
    public async Task An_assertion_becomes_a_token_for_the_linked_account_and_the_named_resource()
    {
        await using var koauth = await StartAsync();

        var reply = await koauth.PresentAsync(_idp.Make(koauth));

        Assert.Null(reply.Error);
        Assert.Equal("notes:read", reply.Scope);
        Assert.Null(reply.RefreshToken);
        Assert.Null(reply.IdToken);
        Assert.Equal((await koauth.UserAsync()).Id.ToString(), reply.Access.Subject);
        Assert.Equal([KOauthApp.NotesUri], reply.Access.Audiences);
        var told = koauth.Told[^1];
        Assert.Equal(("assertion.accepted", "alice@example.test", KOauthApp.NotesUri), (told.Name, told.User, told.Resource));
    }

    [Theory]
    [InlineData("RS256", "rsa-1")]
    [InlineData("ES256", null)]
    public async Task The_providers_other_keys_and_a_header_without_key_id_work_as_well(string algorithm, string? kid)
    {
        await using var koauth = await StartAsync();

        var reply = await koauth.PresentAsync(_idp.Make(koauth, header: h =>
        {
            (h["alg"], h["kid"]) = (algorithm, kid);
            if (kid is null)
            {
                h.Remove("kid");
            }
        }));

        Assert.Null(reply.Error);
    }

    public static TheoryData<string, Action<JsonObject>> Wrong => new()
    {
        { "another audience", p => p["aud"] = "https://other.example.test" },
        { "the audience with a slash", p => p["aud"] = KOauthApp.Issuer + "/" },
        { "the token endpoint as audience", p => p["aud"] = KOauthApp.Issuer + "/oauth/token" },
        { "an audience with a stranger beside it", p => p["aud"] = new JsonArray(KOauthApp.Issuer, "https://other.example.test") },
        { "an empty audience", p => p["aud"] = new JsonArray() },
        { "no audience", p => p.Remove("aud") },
        { "another client", p => p["client_id"] = "other" },
        { "no client", p => p.Remove("client_id") },
        { "expired", p => p["exp"] = (long)p["iat"]! },
        { "no end", p => p.Remove("exp") },
        { "an end that is a text", p => p["exp"] = "9999999999" },
        { "a life of two hours", p => p["exp"] = (long)p["iat"]! + 7200 },
        { "made two minutes from now", p => (p["iat"], p["exp"]) = ((long)p["iat"]! + 120, (long)p["iat"]! + 300) },
        { "not before two minutes from now", p => p["nbf"] = (long)p["iat"]! + 120 },
        { "a nonsensical nbf", p => p["nbf"] = "soon" },
        { "no time", p => p.Remove("iat") },
        { "no id", p => p.Remove("jti") },
        { "an id without end", p => p["jti"] = new string('j', 257) },
        { "an id that is a number", p => p["jti"] = 7 },
        { "no subject", p => p.Remove("sub") },
        { "no resource", p => p.Remove("resource") },
        { "two resources", p => p["resource"] = new JsonArray(KOauthApp.NotesUri, "https://files.example.test/mcp") },
        { "seventeen kilobytes", p => p["padding"] = new string('x', 17_000) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task An_assertion_is_refused_that_has(string what, Action<JsonObject> change)
    {
        Assert.NotEmpty(what);
        await using var koauth = await StartAsync();
        await koauth.AddClientAsync("other");

        await AssertRefusedAsync(koauth, _idp.Make(koauth, change), "assertion_invalid");
    }

    [Theory]
    [InlineData("typ", "JWT")]
    [InlineData("typ", "at+jwt")]
    [InlineData("typ", null)]
    [InlineData("alg", "none")]
    [InlineData("alg", "HS256")]
    [InlineData("kid", "rsa-1")]
    [InlineData("kid", "unknown")]
    [InlineData("jku", "https://evil.example.test/keys")]
    [InlineData("crit", "x")]
    public async Task An_assertion_is_refused_whose_header_has(string name, string? value)
    {
        await using var koauth = await StartAsync();

        await AssertRefusedAsync(koauth, _idp.Make(koauth, header: h =>
        {
            h[name] = value;
            if (value is null)
            {
                h.Remove(name);
            }
        }), "assertion_invalid");
    }

    [Fact]
    public async Task An_assertion_signed_by_a_key_of_its_own_or_of_somebody_else_is_refused()
    {
        using var other = new IdentityProvider();
        await using var koauth = await StartAsync();

        await AssertRefusedAsync(koauth, other.Make(koauth), "assertion_invalid");
        await AssertRefusedAsync(koauth, other.Make(koauth, header: h => h["jwk"] = other.EcKey()), "assertion_invalid");
        var (mine, theirs) = (_idp.Make(koauth).Split('.'), other.Make(koauth).Split('.'));
        await AssertRefusedAsync(koauth, $"{mine[0]}.{theirs[1]}.{mine[2]}", "assertion_invalid");
        await AssertRefusedAsync(koauth, _idp.Make(koauth)[..^2], "assertion_invalid");
        await AssertRefusedAsync(koauth, "not.a.token", "assertion_invalid");
    }

    [Fact]
    public async Task An_issuer_that_is_not_trusted_is_refused_letter_by_letter()
    {
        await using var koauth = await StartAsync();

        await AssertRefusedAsync(koauth, _idp.Make(koauth, p => p["iss"] = "https://evil.example.test/"), "assertion_issuer_unknown");
        await AssertRefusedAsync(koauth, _idp.Make(koauth, p => p["iss"] = IdentityProvider.Issuer.TrimEnd('/')), "assertion_issuer_unknown");
        await AssertRefusedAsync(koauth, _idp.Make(koauth, p => p["iss"] = IdentityProvider.Issuer.ToUpperInvariant()), "assertion_issuer_unknown");
    }

    [Fact]
    public async Task An_access_token_of_our_own_is_no_assertion()
    {
        await using var koauth = await StartAsync();
        var tokens = await koauth.ConnectAsync(new Flow().With("scope", "openid notes:read"));

        await AssertRefusedAsync(koauth, tokens.AccessToken!, "assertion_invalid");
        await AssertRefusedAsync(koauth, tokens.IdToken!, "assertion_invalid");
    }

    [Fact]
    public async Task An_assertion_works_once_however_many_present_it_at_once()
    {
        await using var koauth = await StartAsync();
        var assertion = _idp.Make(koauth);
        using var barrier = new Barrier(8);

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                barrier.SignalAndWait();
                return koauth.PresentAsync(assertion);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));

        Assert.Single(replies, r => r.Error is null);
        Assert.Equal(7, replies.Count(r => r.Error == "invalid_grant"));
        await using var db = koauth.OpenDatabase();
        Assert.Equal(1, await db.Grants.CountAsync());
    }

    [Fact]
    public async Task A_replay_is_known_after_a_restart_and_in_another_spelling_of_the_same_id()
    {
        var koauth = await StartAsync();
        var assertion = _idp.Make(koauth);
        Assert.Null((await koauth.PresentAsync(assertion)).Error);

        await using var restarted = await koauth.RestartAsync();

        await AssertRefusedAsync(restarted, assertion, "assertion_replayed");
        await AssertRefusedAsync(restarted, _idp.Make(restarted, p => p["jti"] = "assertion-1"), "assertion_replayed");
        Assert.Null((await restarted.PresentAsync(_idp.Make(restarted))).Error);
    }

    [Fact]
    public async Task A_replay_from_elsewhere_ends_what_the_assertion_brought_and_a_retry_from_the_same_network_does_not()
    {
        await using var koauth = await StartAsync();
        var assertion = _idp.Make(koauth);
        var reply = await koauth.PresentAsync(assertion);
        var tokens = koauth.Services.GetRequiredService<OwnTokens>();

        await AssertRefusedAsync(koauth, assertion, "assertion_replayed");
        Assert.True((await tokens.CheckAsync(reply.AccessToken!, default)).Ok(out _, out _));

        koauth.Address = System.Net.IPAddress.Parse("203.0.113.9");
        await AssertRefusedAsync(koauth, assertion, "assertion_replayed");
        Assert.False((await tokens.CheckAsync(reply.AccessToken!, default)).Ok(out _, out _));
    }

    [Fact]
    public async Task Two_providers_may_use_the_same_ids()
    {
        using var second = new IdentityProvider();
        await using var koauth = await StartAsync(more: new AssertionIssuer("https://second.example.test", second.KeysFile));
        Assert.Null(await koauth.Services.GetRequiredService<LinkedIdentities>().LinkAsync(
            await koauth.UserAsync(), new("https://second.example.test", IdentityProvider.Subject), "test", default));

        Assert.Null((await koauth.PresentAsync(_idp.Make(koauth))).Error); // assertion-1 each
        Assert.Null((await koauth.PresentAsync(second.Make(koauth, p => (p["iss"], p["aud"]) = ("https://second.example.test", new JsonArray(KOauthApp.Issuer))))).Error);
    }

    [Fact]
    public async Task A_refused_assertion_is_not_used_up()
    {
        await using var koauth = await StartAsync(link: false);
        var assertion = _idp.Make(koauth);
        await AssertRefusedAsync(koauth, assertion, "assertion_subject_unknown");

        await koauth.LinkAliceAsync();

        Assert.Null((await koauth.PresentAsync(assertion)).Error);
    }

    [Fact]
    public async Task The_same_address_at_the_provider_links_nobody()
    {
        await using var koauth = await StartAsync(link: false);

        await AssertRefusedAsync(koauth, _idp.Make(koauth, p => (p["sub"], p["email"], p["email_verified"]) = ("alice@example.test", "alice@example.test", true)), "assertion_subject_unknown");
        await AssertRefusedAsync(koauth, _idp.Make(koauth, p => p["sub"] = "x'; reboot #"), "assertion_subject_unknown");
        Assert.DoesNotContain("reboot", koauth.Told[^1].Fact("fix"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subject_of_one_provider_is_nobody_at_another()
    {
        using var second = new IdentityProvider();
        await using var koauth = await StartAsync(more: new AssertionIssuer("https://second.example.test", second.KeysFile));

        await AssertRefusedAsync(koauth, second.Make(koauth, p => p["iss"] = "https://second.example.test"), "assertion_subject_unknown");
        await AssertRefusedAsync(koauth, second.Make(koauth), "assertion_invalid"); // in the first one's name
    }

    [Fact]
    public async Task A_disabled_account_an_inactive_client_and_an_unlinked_identity_get_nothing()
    {
        await using var koauth = await StartAsync();
        var reply = await koauth.PresentAsync(_idp.Make(koauth));
        await koauth.ChangeUserAsync("alice@example.test", u => u.Disable());
        await AssertRefusedAsync(koauth, _idp.Make(koauth), "assertion_user_disabled");

        await koauth.ChangeUserAsync("alice@example.test", u => u.Enable());
        Assert.Null((await koauth.PresentAsync(_idp.Make(koauth))).Error);
        await koauth.Services.GetRequiredService<LinkedIdentities>().UnlinkAsync(await koauth.UserAsync(), IdentityProvider.Issuer, "test", default);
        await AssertRefusedAsync(koauth, _idp.Make(koauth), "assertion_subject_unknown");

        // Unlinking ended what the link had opened.
        var ledger = koauth.Services.GetRequiredService<ILedger>();
        var id = Guid.ParseExact(reply.Access.GetClaim("grant_id").Value, "N");
        Assert.False((await ledger.FindAsync(id, default))!.IsAlive);
    }

    [Fact]
    public async Task Who_may_not_use_the_resource_gets_nothing_by_an_assertion_either()
    {
        await using var koauth = await StartAsync();
        await koauth.ChangeAsync(async db => (await db.Resources.SingleAsync()).Allow = []);

        await AssertRefusedAsync(koauth, _idp.Make(koauth), "grant_not_allowed");
    }

    [Fact]
    public async Task The_resource_must_be_registered_here_and_one_of_the_clients()
    {
        await using var koauth = await StartAsync();
        await koauth.AddResourceAsync("https://files.example.test/mcp", "files:read");
        await AssertRefusedAsync(koauth, _idp.Make(koauth, p => p["resource"] = "https://unknown.example.test/mcp"), "assertion_resource");
        await AssertRefusedAsync(koauth, _idp.Make(koauth, p => p["resource"] = "notes"), "assertion_resource");

        Assert.Null((await koauth.PresentAsync(_idp.Make(koauth, p => p["resource"] = new JsonArray(KOauthApp.NotesUri)), ("resource", KOauthApp.NotesUri))).Error);
        var other = await koauth.PresentAsync(_idp.Make(koauth), ("resource", "https://files.example.test/mcp"));
        Assert.Equal("invalid_target", other.Error);

        await koauth.ChangeClientAsync("app", c => c.Resources = ["https://files.example.test/mcp"]);
        await AssertRefusedAsync(koauth, _idp.Make(koauth), "assertion_resource");
    }

    [Theory]
    [InlineData("notes:read notes:write", null, "notes:read notes:write")]
    [InlineData("notes:read notes:write", "notes:write", "notes:write")]
    [InlineData("notes:read", "notes:read notes:write", "notes:read")]
    [InlineData("notes:read openid offline_access unknown", null, "notes:read")]
    [InlineData(null, null, "notes:read notes:write")]
    [InlineData("", null, "")]
    [InlineData("notes:read", "notes:write", null)]
    [InlineData("openid", null, null)]
    public async Task Scopes_are_what_everybody_allows(string? asserted, string? asked, string? granted)
    {
        await using var koauth = await StartAsync();

        var reply = await koauth.PresentAsync(
            _idp.Make(koauth, p =>
            {
                p["scope"] = asserted;
                if (asserted is null)
                {
                    p.Remove("scope");
                }
            }),
            [.. asked is null ? [] : new[] { ("scope", asked) }]);

        Assert.Equal(granted, reply.Scope);
        Assert.Equal(granted is null ? "invalid_scope" : null, reply.Error);
    }

    [Fact]
    public async Task A_client_that_was_not_given_the_grant_or_registered_itself_may_not()
    {
        await using var koauth = await StartAsync();
        await koauth.ChangeClientAsync("app", c => c.GrantTypes = ["authorization_code", "refresh_token"]);
        Assert.Equal("unauthorized_client", (await koauth.PresentAsync(_idp.Make(koauth))).Error);

        await koauth.ChangeClientAsync("app", c => (c.GrantTypes, c.Origin) = ([JwtBearer], ClientOrigin.Registration));
        Assert.Equal("unauthorized_client", (await koauth.PresentAsync(_idp.Make(koauth))).Error);
    }

    [Fact]
    public async Task An_assertion_bound_to_a_key_needs_its_proof_and_any_proof_binds_the_token()
    {
        await using var koauth = await StartAsync();
        using var key = new ProofMaker(koauth.Clock);
        using var thief = new ProofMaker(koauth.Clock);
        Action<JsonObject> bound = p => p["cnf"] = new JsonObject { ["jkt"] = key.Thumbprint };

        await AssertRefusedAsync(koauth, _idp.Make(koauth, bound), "assertion_of_another_key");
        await AssertRefusedAsync(koauth, _idp.Make(koauth, p => p["cnf"] = "x"), "assertion_of_another_key");
        Assert.Equal("invalid_grant", (await koauth.ProveAsync(thief, AssertionSteps.Form(_idp.Make(koauth, bound)))).Error);
        Assert.Equal("DPoP", (await koauth.ProveAsync(key, AssertionSteps.Form(_idp.Make(koauth, bound)))).Json.GetProperty("token_type").GetString());
        Assert.Equal("DPoP", (await koauth.ProveAsync(thief, AssertionSteps.Form(_idp.Make(koauth)))).Json.GetProperty("token_type").GetString());
    }

    [Fact]
    public async Task Keys_that_the_provider_changes_are_taken_up_and_strangers_do_not_make_us_ask()
    {
        await using var koauth = await StartAsync();
        Assert.Null((await koauth.PresentAsync(_idp.Make(koauth))).Error);
        _idp.Publish(_idp.EcKey("ec-2"));
        string New() => _idp.Make(koauth, header: h => h["kid"] = "ec-2");

        await AssertRefusedAsync(koauth, New(), "assertion_invalid"); // asked a moment ago
        koauth.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Null((await koauth.PresentAsync(New())).Error);
        await AssertRefusedAsync(koauth, _idp.Make(koauth), "assertion_invalid"); // the old name is gone
    }

    [Fact]
    public async Task Keys_that_cannot_be_read_are_told_and_those_known_still_count_for_an_hour()
    {
        await using var koauth = await StartAsync();
        Assert.Null((await koauth.PresentAsync(_idp.Make(koauth))).Error);
        File.WriteAllText(_idp.KeysFile, "<html>");
        koauth.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Null((await koauth.PresentAsync(_idp.Make(koauth))).Error);

        koauth.Clock.Advance(TimeSpan.FromMinutes(31));
        var reply = await koauth.PresentAsync(_idp.Make(koauth));

        Assert.Equal((503, "temporarily_unavailable"), ((int)reply.Status, reply.Error));
        Assert.Equal("assertion_keys_unavailable", koauth.Told[^1].Reason);
        _idp.Publish(_idp.EcKey());
        koauth.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Null((await koauth.PresentAsync(_idp.Make(koauth))).Error);
    }

    [Fact]
    [Trait("check", "A-24")]
    public async Task It_is_offered_only_where_somebody_is_trusted()
    {
        await using var on = await StartAsync();
        await using var off = await KOauthApp.StartReadyAsync(client: c => c.GrantTypes = [JwtBearer]);

        using var offered = JsonDocument.Parse(await on.Http.GetStringAsync("/.well-known/oauth-authorization-server"));
        Assert.Contains(JwtBearer, offered.RootElement.GetProperty("grant_types_supported").EnumerateArray().Select(g => g.GetString()));
        Assert.Equal("urn:ietf:params:oauth:grant-profile:id-jag", offered.RootElement.GetProperty("authorization_grant_profiles_supported")[0].GetString());

        var metadata = await off.Http.GetStringAsync("/.well-known/oauth-authorization-server");
        Assert.DoesNotContain("jwt-bearer", metadata, StringComparison.Ordinal);
        Assert.DoesNotContain("authorization_grant_profiles_supported", metadata, StringComparison.Ordinal);
        Assert.Equal("unsupported_grant_type", (await off.PresentAsync(_idp.Make(off))).Error);
    }

    [Fact]
    public async Task A_request_without_an_assertion_is_told_so()
    {
        await using var koauth = await StartAsync();

        Assert.Equal("invalid_request", (await koauth.TokenAsync(("grant_type", JwtBearer), ("client_id", "app"), ("client_secret", KOauthApp.SecretOf("app")))).Error);
    }

    private async Task<KOauthApp> StartAsync(bool link = true, AssertionIssuer? more = null)
    {
        var koauth = await KOauthApp.StartReadyAsync(
            client: c => c.GrantTypes = ["authorization_code", "refresh_token", JwtBearer],
            change: s => s with { AssertionIssuers = [new(IdentityProvider.Issuer, _idp.KeysFile), .. more is null ? [] : new[] { more }] });
        if (link)
        {
            await koauth.LinkAliceAsync();
        }

        return koauth;
    }

    private static async Task AssertRefusedAsync(KOauthApp koauth, string assertion, string reason)
    {
        var reply = await koauth.PresentAsync(assertion);
        Assert.Equal(("invalid_grant", reason), (reply.Error, koauth.Told[^1].Reason));
    }
}
