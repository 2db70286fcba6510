using System.Text.Json;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.OAuth.Token;

/// <summary>This server as the identity provider: assertions about people who signed in here, for other authorization servers.</summary>
public sealed class AssertionIssuingTests
{
    private const string Other = "https://other.example.test";
    private const string Resource = "https://chat.example.test/mcp";

    [Fact]
    public async Task A_client_gets_an_assertion_about_whoever_signed_in_for_a_server_it_was_allowed()
    {
        await using var koauth = await StartAsync();

        var reply = await AskAsync(koauth, await SignInAsync(koauth), ("scope", "chat:read chat:write"));

        Assert.Null(reply.Error);
        Assert.Equal(
            ("urn:ietf:params:oauth:token-type:id-jag", "N_A", 300, "chat:read chat:write"),
            (Text(reply, "issued_token_type"), Text(reply, "token_type"), reply.Json.GetProperty("expires_in").GetInt32(), reply.Scope));
        Assert.Null(reply.RefreshToken);
        var assertion = reply.Access;
        Assert.Equal(("oauth-id-jag+jwt", "ES256", KOauthApp.Issuer), (assertion.Typ, assertion.Alg, assertion.Issuer));
        Assert.Equal((Other, "app", Resource), (Assert.Single(assertion.Audiences), Claim(reply, "client_id"), Claim(reply, "resource")));
        Assert.Equal(((await koauth.UserAsync()).Id.ToString(), "chat:read chat:write"), (assertion.Subject, Claim(reply, "scope")));
        Assert.Equal(TimeSpan.FromMinutes(5), assertion.ValidTo - assertion.IssuedAt);
        Assert.NotEmpty(assertion.Id);
        Assert.Equal("assertion.issued", koauth.Told[^1].Name);
    }

    [Fact]
    public async Task Another_server_of_ours_takes_it_once()
    {
        await using var koauth = await StartAsync();
        var keys = Path.GetTempFileName();
        await File.WriteAllTextAsync(keys, await koauth.Http.GetStringAsync("/.well-known/jwks.json"), TestContext.Current.CancellationToken);
        Assert.True(IssuerUri.TryParse(Other, out var issuer, out _));
        await using var other = await KOauthApp.StartReadyAsync(
            client: c => c.GrantTypes = [GrantTypeNames.JwtBearer],
            change: s => s with { Issuer = issuer!, AssertionIssuers = [new AssertionIssuer(KOauthApp.Issuer, keys)] });
        await other.AddResourceAsync(Resource, "chat:read");
        var subject = (await koauth.UserAsync()).Id.ToString();
        Assert.Null(await other.Services.GetRequiredService<LinkedIdentities>().LinkAsync(await other.UserAsync(), new(KOauthApp.Issuer, subject), "test", default));
        var assertion = (await AskAsync(koauth, await SignInAsync(koauth), ("scope", "chat:read"))).AccessToken!;

        var reply = await other.PresentAsync(assertion);

        Assert.Equal((null, "chat:read", Other), (reply.Error, reply.Scope, reply.Access.Issuer));
        Assert.Equal("invalid_grant", (await other.PresentAsync(assertion)).Error);
        File.Delete(keys);
    }

    [Theory]
    [InlineData("audience", null)]
    [InlineData("audience", "https://unknown.example.test")]
    [InlineData("audience", Other + "/")]
    [InlineData("audience", KOauthApp.Issuer)]
    [InlineData("audience", ExchangeSteps.FilesUri)]
    [InlineData("resource", null)]
    [InlineData("resource", "chat")]
    public async Task A_target_nobody_allowed_is_refused(string parameter, string? value)
    {
        await using var koauth = await StartAsync();
        await koauth.AddResourceAsync(ExchangeSteps.FilesUri, "notes:read");
        await koauth.ChangeClientAsync("app", c => c.ExchangeTargets!.Add(ExchangeSteps.FilesUri));

        var reply = await AskAsync(koauth, await SignInAsync(koauth), (parameter, value));

        Assert.Equal(("invalid_target", "exchange_target_not_allowed"), (reply.Error, koauth.Told[^1].Reason));
    }

    [Fact]
    public async Task An_issuer_is_no_target_for_access_tokens()
    {
        await using var koauth = await StartAsync();
        await koauth.ChangeClientAsync("app", c => c.SpeaksFor = [KOauthApp.NotesUri]);
        var token = (await koauth.ConnectAsync()).AccessToken!;

        Assert.Equal("invalid_target", (await koauth.ExchangeAsync(token, "app", ("resource", Other))).Error);
        Assert.Equal("invalid_target", (await koauth.ExchangeAsync(token, "app", ("resource", "issuer:" + Other))).Error);
    }

    [Fact]
    public async Task Only_an_id_token_of_this_server_for_this_client_is_taken()
    {
        await using var koauth = await StartAsync();
        await koauth.AddClientAsync("second");
        var tokens = await koauth.ConnectAsync(Flow());
        var others = await koauth.ConnectAsync(Flow("second"));
        var (head, signature) = tokens.IdToken!.Split('.') is [var h, _, var s] ? (h, s) : default;

        foreach (var wrong in new[]
        {
            others.IdToken!, tokens.AccessToken!, tokens.RefreshToken!, "x", $"{head}.{others.IdToken!.Split('.')[1]}.{signature}", tokens.IdToken![..^6] + "AAAAAA",
            new string('a', 17_000), (await AskAsync(koauth, tokens.IdToken!)).AccessToken!,
        })
        {
            Assert.Equal("invalid_request", (await AskAsync(koauth, wrong)).Error);
            Assert.Equal("exchange_subject_invalid", koauth.Told[^1].Reason);
        }
    }

    [Fact]
    public async Task Who_left_or_was_disconnected_is_vouched_for_no_more()
    {
        await using var koauth = await StartAsync();
        var expired = await SignInAsync(koauth);
        koauth.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("invalid_request", (await AskAsync(koauth, expired)).Error);

        var tokens = await koauth.ConnectAsync(Flow());
        Assert.Null((await AskAsync(koauth, tokens.IdToken!)).Error);
        await koauth.Services.GetRequiredService<ILedger>().EndAsync(Guid.ParseExact(tokens.Access.GetClaim("grant_id").Value, "N"), "test", "test", default);
        Assert.Equal("invalid_request", (await AskAsync(koauth, tokens.IdToken!)).Error);

        var disabled = await SignInAsync(koauth);
        await koauth.ChangeUserAsync("alice@example.test", u => u.Disable());
        Assert.Equal("invalid_request", (await AskAsync(koauth, disabled)).Error);
    }

    [Fact]
    public async Task The_live_refresh_token_speaks_for_a_sign_in_whose_id_token_has_expired_and_is_not_used_up()
    {
        await using var koauth = await StartAsync();
        var tokens = await koauth.ConnectAsync(Flow());
        koauth.Clock.Advance(TimeSpan.FromHours(2));

        Assert.Null((await AskByRefreshTokenAsync(koauth, tokens.RefreshToken!)).Error);
        var rotated = await koauth.RefreshAsync(tokens.RefreshToken!);
        Assert.Null(rotated.Error);

        await AssertRefusedAsync(koauth, tokens.RefreshToken!); // superseded
        Assert.Null((await koauth.RefreshAsync(rotated.RefreshToken!)).Error); // and nothing was ended
    }

    [Fact]
    public async Task A_refresh_token_of_another_client_without_openid_idle_expired_or_ended_speaks_for_nobody()
    {
        await using var koauth = await StartAsync();
        await koauth.AddClientAsync("second");
        await AssertRefusedAsync(koauth, (await koauth.ConnectAsync(Flow("second"))).RefreshToken!);
        await AssertRefusedAsync(koauth, (await koauth.ConnectAsync()).RefreshToken!); // notes only
        await AssertRefusedAsync(koauth, (await koauth.ConnectAsync(Flow())).IdToken!);
        await AssertRefusedAsync(koauth, "kor_x");

        var ended = await koauth.ConnectAsync(Flow());
        await koauth.Services.GetRequiredService<ILedger>().EndAsync(Guid.ParseExact(ended.Access.GetClaim("grant_id").Value, "N"), "test", "test", default);
        await AssertRefusedAsync(koauth, ended.RefreshToken!);

        var idle = await koauth.ConnectAsync(Flow());
        koauth.Clock.Advance(TimeSpan.FromDays(31));
        await AssertRefusedAsync(koauth, idle.RefreshToken!);

        var old = await koauth.ConnectAsync(Flow());
        for (var i = 0; i < 4; i++)
        {
            koauth.Clock.Advance(TimeSpan.FromDays(25));
            old = i < 3 ? await koauth.RefreshAsync(old.RefreshToken!) : old;
        }

        await AssertRefusedAsync(koauth, old.RefreshToken!);
    }

    [Theory]
    [InlineData(AssertionTypes.IdToken, null)]
    [InlineData(AssertionTypes.IdToken, ExchangeSteps.AccessTokenType)]
    [InlineData(ExchangeSteps.AccessTokenType, AssertionTypes.IdJag)]
    [InlineData("urn:ietf:params:oauth:token-type:saml2", AssertionTypes.IdJag)]
    public async Task Kinds_of_tokens_do_not_mix(string subject, string? requested)
    {
        await using var koauth = await StartAsync();

        var reply = await AskAsync(koauth, await SignInAsync(koauth), ("subject_token_type", subject), ("requested_token_type", requested));

        Assert.Equal(("invalid_request", "exchange_type_unsupported"), (reply.Error, koauth.Told[^1].Reason));
    }

    [Fact]
    public async Task A_proof_binds_the_assertion()
    {
        await using var koauth = await StartAsync();
        using var key = new ProofMaker(koauth.Clock);

        var reply = await koauth.ProveAsync(key, Form(await SignInAsync(koauth)));

        Assert.Equal("N_A", Text(reply, "token_type"));
        Assert.Equal(key.Thumbprint, reply.Access.GetPayloadValue<JsonElement>("cnf").GetProperty("jkt").GetString());
    }

    [Fact]
    public async Task A_client_may_have_another_id_there()
    {
        await using var koauth = await StartAsync();
        await koauth.ChangeClientAsync("app", c => c.ExchangeTargets = [$"issuer:{Other}=app-over-there"]);

        Assert.Equal("app-over-there", Claim(await AskAsync(koauth, await SignInAsync(koauth)), "client_id"));
    }

    [Fact]
    public async Task A_client_without_the_grant_gets_none()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        Assert.Equal("unauthorized_client", (await AskAsync(koauth, await SignInAsync(koauth))).Error);
    }

    private static Task<KOauthApp> StartAsync() => KOauthApp.StartReadyAsync(client: c =>
    {
        c.GrantTypes = [.. c.GrantTypes, GrantTypeNames.TokenExchange];
        c.ExchangeTargets = ["issuer:" + Other];
    });

    private static Flow Flow(string clientId = "app") => new Flow(clientId).With("scope", "openid");

    private static async Task<string> SignInAsync(KOauthApp koauth) => (await koauth.ConnectAsync(Flow())).IdToken!;

    private static Task<TokenReply> AskByRefreshTokenAsync(KOauthApp koauth, string token) => AskAsync(koauth, token, ("subject_token_type", AssertionTypes.RefreshToken));

    private static async Task AssertRefusedAsync(KOauthApp koauth, string refreshToken)
    {
        var reply = await AskByRefreshTokenAsync(koauth, refreshToken);
        Assert.Equal(("invalid_request", "exchange_subject_invalid"), (reply.Error, koauth.Told[^1].Reason));
    }

    private static Task<TokenReply> AskAsync(KOauthApp koauth, string idToken, params (string, string?)[] changes) => koauth.TokenAsync(Form(idToken, changes));

    private static (string, string)[] Form(string idToken, params (string, string?)[] changes) => ExchangeSteps.Form(
        idToken, "app",
        [("subject_token_type", AssertionTypes.IdToken), ("requested_token_type", AssertionTypes.IdJag), ("audience", Other), ("resource", Resource), .. changes]);

    private static string? Text(TokenReply reply, string name) => reply.Json.GetProperty(name).GetString();

    private static string Claim(TokenReply reply, string name) => reply.Access.GetClaim(name).Value;

    private static class AssertionTypes
    {
        public const string IdToken = "urn:ietf:params:oauth:token-type:id_token";
        public const string RefreshToken = "urn:ietf:params:oauth:token-type:refresh_token";
        public const string IdJag = "urn:ietf:params:oauth:token-type:id-jag";
    }
}
