using System.Text.Json;
using KOauth.Clients;
using KOauth.Data;
using KOauth.Grants;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.OAuth.Token;

/// <summary>An MCP server that calls another one gets a token for that in the person's name, and never one that may more.</summary>
public sealed class TokenExchangeTests
{
    private const string FilesUri = ExchangeSteps.FilesUri;

    [Fact]
    public async Task A_server_gets_a_token_for_another_one_that_names_the_person_and_who_acts()
    {
        await using var koauth = await StartAsync();
        var alices = await koauth.ConnectAsync();
        koauth.Clock.Advance(TimeSpan.FromMinutes(20));

        var reply = await koauth.ExchangeAsync(alices.AccessToken!);

        Assert.Null(reply.Error);
        Assert.Equal(("notes:read", ExchangeSteps.AccessTokenType), (reply.Scope, reply.Json.GetProperty("issued_token_type").GetString()));
        Assert.Null(reply.RefreshToken);
        var token = reply.Access;
        Assert.Equal((alices.Access.Subject, FilesUri), (token.Subject, Assert.Single(token.Audiences)));
        Assert.Equal("notes-server", token.GetClaim("client_id").Value);
        Assert.Equal("""{"sub":"notes-server"}""", token.GetPayloadValue<JsonElement>("act").GetRawText());
        Assert.Equal(alices.Access.GetClaim("grant_id").Value, token.GetClaim("grant_id").Value);
        Assert.Equal(alices.Access.ValidTo, token.ValidTo); // no later than what it was made from
        Assert.Equal(40 * 60, reply.Json.GetProperty("expires_in").GetInt32());
        Assert.Equal(("token.delegated", FilesUri), (koauth.Told[^1].Name, koauth.Told[^1].Resource));
        Assert.Contains(koauth.Told, e => e.Name == "token.exchanged" && e.Story == koauth.Told[^1].Story);
    }

    [Fact]
    public async Task A_server_that_asks_wrongly_is_no_trouble_of_the_persons_connection()
    {
        await using var koauth = await StartAsync();
        var token = (await koauth.ConnectAsync()).AccessToken!;
        var connection = koauth.Told.Last(e => e.Name == "token.exchanged").Story;

        await koauth.ExchangeAsync(token, changes: ("resource", "https://unknown.example.test/mcp"));
        Assert.NotEqual(connection, koauth.Told[^1].Story);

        await koauth.ExchangeAsync(token);
        Assert.Equal(connection, koauth.Told[^1].Story);
    }

    [Fact]
    public async Task Without_a_resource_the_only_target_is_meant_and_with_two_none()
    {
        await using var koauth = await StartAsync();
        var token = (await koauth.ConnectAsync()).AccessToken!;
        Assert.Null((await koauth.ExchangeAsync(token, changes: ("resource", null))).Error);

        await koauth.AddResourceAsync("https://third.example.test/mcp", "notes:read");
        await koauth.ChangeClientAsync("notes-server", c => c.ExchangeTargets = [FilesUri, "https://third.example.test/mcp"]);

        Assert.Equal("invalid_target", (await koauth.ExchangeAsync(token, changes: ("resource", null))).Error);
    }

    [Theory]
    [InlineData("resource", "https://unknown.example.test/mcp", "invalid_target", "exchange_target_not_allowed")]
    [InlineData("resource", KOauthApp.NotesUri, "invalid_target", "exchange_target_not_allowed")]
    [InlineData("resource", "files", "invalid_target", "exchange_target_not_allowed")]
    [InlineData("resource", KOauthApp.Issuer, "invalid_target", "exchange_target_not_allowed")]
    [InlineData("audience", FilesUri, "invalid_target", "exchange_target_not_allowed")]
    [InlineData("actor_token", "x", "invalid_request", "exchange_actor_unsupported")]
    [InlineData("actor_token_type", "x", "invalid_request", "exchange_actor_unsupported")]
    [InlineData("subject_token", null, "invalid_request", "parameter_missing")]
    [InlineData("subject_token_type", null, "invalid_request", "exchange_type_unsupported")]
    [InlineData("subject_token_type", "urn:ietf:params:oauth:token-type:jwt", "invalid_request", "exchange_type_unsupported")]
    [InlineData("subject_token_type", "urn:ietf:params:oauth:token-type:refresh_token", "invalid_request", "exchange_type_unsupported")]
    [InlineData("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token", "invalid_request", "exchange_type_unsupported")]
    [InlineData("requested_token_type", "urn:ietf:params:oauth:token-type:id_token", "invalid_request", "exchange_type_unsupported")]
    [InlineData("scope", "files:read", "invalid_scope", "scope_empty")]
    [InlineData("scope", "notes:write", "invalid_scope", "scope_empty")]
    [InlineData("scope", "openid offline_access", "invalid_scope", "scope_empty")]
    public async Task A_request_is_refused_with(string parameter, string? value, string error, string reason)
    {
        await using var koauth = await StartAsync();
        var token = (await koauth.ConnectAsync(new Flow().With("scope", "openid offline_access notes:read notes:write"))).AccessToken!;

        var reply = await koauth.ExchangeAsync(token, changes: (parameter, value));

        Assert.Equal((error, reason), (reply.Error, koauth.Told[^1].Reason));
    }

    [Fact]
    public async Task Only_what_is_an_access_token_of_this_server_is_exchanged()
    {
        await using var koauth = await StartAsync();
        var tokens = await koauth.ConnectAsync(new Flow().With("scope", "openid notes:read"));
        var (head, body, signature) = tokens.AccessToken!.Split('.') is [var h, var b, var s] ? (h, b, s) : default;
        var none = System.Buffers.Text.Base64Url.EncodeToString("{\"alg\":\"none\",\"typ\":\"at+jwt\"}"u8);

        foreach (var wrong in new[]
        {
            tokens.IdToken!, tokens.RefreshToken!, "x", "a.b.c", $"{none}.{body}.", $"{none}.{body}.{signature}", $"{head}.{body}.{signature[..^4]}AAAA",
            $"{head}.{tokens.IdToken!.Split('.')[1]}.{signature}", new string('a', 9000), tokens.AccessToken + "=",
        })
        {
            var reply = await koauth.ExchangeAsync(wrong);
            Assert.Equal(("invalid_request", "exchange_subject_invalid"), (reply.Error, koauth.Told[^1].Reason));
        }
    }

    [Fact]
    public async Task A_token_that_expired_or_was_revoked_or_whose_connection_ended_is_not_exchanged()
    {
        await using var koauth = await StartAsync();
        var expired = await koauth.ConnectAsync();
        koauth.Clock.Advance(TimeSpan.FromHours(1));
        await AssertSubjectRefusedAsync(koauth, expired);

        var revoked = await koauth.ConnectAsync();
        await koauth.ChangeAsync(db => Task.FromResult(db.DeniedTokens.Add(new DeniedToken { Jti = revoked.Access.Id, ExpiresAt = koauth.Clock.GetUtcNow().AddHours(1) })));
        await AssertSubjectRefusedAsync(koauth, revoked);

        var ended = await koauth.ConnectAsync();
        await koauth.Services.GetRequiredService<ILedger>().EndAsync(Guid.ParseExact(ended.Access.GetClaim("grant_id").Value, "N"), "test", "test", default);
        await AssertSubjectRefusedAsync(koauth, ended);

        var ofInactive = await koauth.ConnectAsync();
        await koauth.ChangeClientAsync("app", c => c.Active = false);
        await AssertSubjectRefusedAsync(koauth, ofInactive);
        await koauth.ChangeClientAsync("app", c => c.Active = true);
        Assert.Null((await koauth.ExchangeAsync(ofInactive.AccessToken!)).Error);

        await koauth.ChangeUserAsync("alice@example.test", u => u.Disable());
        await AssertSubjectRefusedAsync(koauth, ofInactive);
    }

    [Fact]
    public async Task A_client_exchanges_tokens_only_for_servers_it_is()
    {
        await using var koauth = await StartAsync();
        var token = (await koauth.ConnectAsync()).AccessToken!;
        await koauth.ChangeClientAsync("notes-server", c => c.SpeaksFor = [FilesUri]);
        Assert.Equal("invalid_request", (await koauth.ExchangeAsync(token)).Error);
        Assert.Equal("exchange_subject_of_another", koauth.Told[^1].Reason);

        await koauth.ChangeClientAsync("notes-server", c => (c.SpeaksFor, c.Resources) = (null, [KOauthApp.NotesUri]));
        Assert.Equal("invalid_request", (await koauth.ExchangeAsync(token)).Error); // what it may be granted is another thing

        // The client the token was made for cannot reach further with it either.
        await koauth.ChangeClientAsync("app", c => c.GrantTypes = [.. c.GrantTypes, GrantTypeNames.TokenExchange]);
        Assert.Equal("invalid_request", (await koauth.ExchangeAsync(token, "app")).Error);
    }

    [Fact]
    public async Task A_token_for_this_servers_own_userinfo_is_exchanged_for_nothing()
    {
        await using var koauth = await StartAsync();
        await koauth.ChangeClientAsync("app", c => c.Resources = []);
        var token = (await koauth.ConnectAsync(new Flow().With("resource", null).With("scope", "openid"))).AccessToken!;
        await koauth.ChangeClientAsync("notes-server", c => c.SpeaksFor = [KOauthApp.NotesUri, KOauthApp.Issuer]);

        Assert.Equal("invalid_request", (await koauth.ExchangeAsync(token)).Error);
    }

    [Theory]
    [InlineData(true, nameof(ClientOrigin.Administrator))]
    [InlineData(false, nameof(ClientOrigin.Registration))]
    [InlineData(false, nameof(ClientOrigin.MetadataDocument))]
    public async Task A_public_or_self_registered_client_may_not_whatever_its_row_says(bool isPublic, string origin)
    {
        await using var koauth = await StartAsync();
        var token = (await koauth.ConnectAsync()).AccessToken!;
        await koauth.ChangeClientAsync("notes-server", c =>
        {
            (c.AuthMethod, c.Origin) = (isPublic ? "none" : c.AuthMethod, Enum.Parse<ClientOrigin>(origin));
            c.Secrets = isPublic ? [] : c.Secrets;
        });

        var reply = await koauth.ExchangeAsync(token, changes: [.. isPublic ? new[] { ("client_secret", (string?)null) } : []]);

        Assert.Equal("unauthorized_client", reply.Error);
    }

    [Fact]
    public async Task Who_may_not_use_the_target_or_the_server_any_more_is_not_acted_for()
    {
        await using var koauth = await StartAsync();
        var token = (await koauth.ConnectAsync()).AccessToken!;
        foreach (var uri in new[] { FilesUri, KOauthApp.NotesUri })
        {
            await koauth.ChangeAsync(async db => (await db.Resources.SingleAsync(r => r.Uri == uri)).Allow = []);
            Assert.Equal("invalid_grant", (await koauth.ExchangeAsync(token)).Error);
            Assert.Equal("grant_not_allowed", koauth.Told[^1].Reason);
            await koauth.ChangeAsync(async db => (await db.Resources.SingleAsync(r => r.Uri == uri)).Allow = null);
        }
    }

    [Fact]
    public async Task Scopes_are_those_that_token_target_client_and_request_share()
    {
        await using var koauth = await StartAsync();
        var both = (await koauth.ConnectAsync()).AccessToken!;
        var writes = (await koauth.ConnectAsync(new Flow().With("scope", "notes:write"))).AccessToken!;

        Assert.Equal("notes:read", (await koauth.ExchangeAsync(both, changes: ("scope", "notes:read notes:write files:read openid"))).Scope);
        Assert.Equal("invalid_scope", (await koauth.ExchangeAsync(writes)).Error);
        await koauth.ChangeClientAsync("notes-server", c => c.Scopes = ["files:read"]);
        Assert.Equal("invalid_scope", (await koauth.ExchangeAsync(both)).Error);
    }

    [Fact]
    public async Task A_chain_names_everybody_and_has_an_end()
    {
        await using var koauth = await StartAsync();
        var token = (await koauth.ConnectAsync()).AccessToken!;
        await koauth.ChangeClientAsync("notes-server", c =>
            (c.SpeaksFor, c.ExchangeTargets) = ([KOauthApp.NotesUri, FilesUri], [KOauthApp.NotesUri, FilesUri]));
        for (var i = 1; i <= 4; i++)
        {
            var reply = await koauth.ExchangeAsync(token, changes: ("resource", i % 2 == 0 ? KOauthApp.NotesUri : FilesUri));
            Assert.Null(reply.Error);
            token = reply.AccessToken!;
        }

        Assert.Equal(
            """{"sub":"notes-server","act":{"sub":"notes-server","act":{"sub":"notes-server","act":{"sub":"notes-server"}}}}""",
            new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(token).GetPayloadValue<JsonElement>("act").GetRawText());
        Assert.Equal("invalid_request", (await koauth.ExchangeAsync(token)).Error);
        Assert.Equal("exchange_chain_too_long", koauth.Told[^1].Reason);
    }

    [Fact]
    public async Task When_the_connection_or_the_server_in_between_ends_so_does_what_was_exchanged()
    {
        await using var koauth = await StartAsync();
        var alices = await koauth.ConnectAsync();
        var exchanged = await koauth.ExchangeAsync(alices.AccessToken!);
        var tokens = koauth.Services.GetRequiredService<OwnTokens>();
        Assert.True((await tokens.CheckAsync(exchanged.AccessToken!, default)).Ok(out _, out _));

        await koauth.ChangeClientAsync("notes-server", c => c.Active = false);
        Assert.False((await tokens.CheckAsync(exchanged.AccessToken!, default)).Ok(out _, out _));
        await koauth.ChangeClientAsync("notes-server", c => c.Active = true);

        await koauth.Services.GetRequiredService<ILedger>().EndAsync(Guid.ParseExact(alices.Access.GetClaim("grant_id").Value, "N"), "test", "test", default);

        Assert.False((await tokens.CheckAsync(exchanged.AccessToken!, default)).Ok(out _, out var refusal));
        Assert.Equal(Reasons.AccessTokenInvalid, refusal.Reason);
    }

    [Fact]
    public async Task A_token_bound_to_a_key_is_exchanged_for_a_bound_one_only()
    {
        await using var koauth = await StartAsync();
        using var alices = new ProofMaker(koauth.Clock);
        using var servers = new ProofMaker(koauth.Clock);
        var flow = new Flow();
        using var browser = koauth.OpenBrowser();
        var code = await browser.CodeAsync(flow);
        var bound = (await koauth.ProveAsync(alices, ("grant_type", "authorization_code"), ("code", code), ("code_verifier", flow.Verifier),
            ("client_id", "app"), ("client_secret", KOauthApp.SecretOf("app")))).AccessToken!;

        var bare = await koauth.ExchangeAsync(bound);
        Assert.Equal(("invalid_dpop_proof", "dpop_proof_missing"), (bare.Error, koauth.Told[^1].Reason));

        var reply = await koauth.ProveAsync(servers, ExchangeSteps.Form(bound));
        Assert.Equal("DPoP", reply.Json.GetProperty("token_type").GetString());
        Assert.Equal(servers.Thumbprint, reply.Access.GetPayloadValue<JsonElement>("cnf").GetProperty("jkt").GetString());
    }

    [Fact]
    public async Task Nothing_is_written_however_often_it_happens_at_once()
    {
        await using var koauth = await StartAsync();
        var token = (await koauth.ConnectAsync()).AccessToken!;

        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => koauth.ExchangeAsync(token))));

        Assert.All(replies, r => Assert.Null(r.Error));
        Assert.Equal(16, replies.Select(r => r.Access.Id).Distinct().Count());
        await using var db = koauth.OpenDatabase();
        Assert.Equal((1, 0), (await db.Grants.CountAsync(), (await db.Grants.SingleAsync()).Generation));
    }

    private static async Task<KOauthApp> StartAsync()
    {
        var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddExchangeAsync();
        return koauth;
    }

    private static async Task AssertSubjectRefusedAsync(KOauthApp koauth, TokenReply tokens)
    {
        var reply = await koauth.ExchangeAsync(tokens.AccessToken!);
        Assert.Equal(("invalid_request", "exchange_subject_invalid"), (reply.Error, koauth.Told[^1].Reason));
    }
}
