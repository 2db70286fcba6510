using System.Net;
using KOauth.Clients;
using KOauth.Protocol;
using KOauth.Tests.OAuth.Register;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.OAuth.Token;

/// <summary>A service that asks for a token in its own name.</summary>
public sealed class ClientCredentialsTests
{
    private static readonly Action<Client> _service = client => client.GrantTypes = [GrantTypeNames.ClientCredentials];

    [Fact]
    [Trait("check", "TK-36")]
    public async Task A_service_gets_a_token_in_its_own_name_and_nothing_is_written()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: _service);
        var reply = await AskAsync(koauth);

        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Null(reply.RefreshToken);
        Assert.Null(reply.IdToken);
        var token = reply.Access;
        Assert.Equal(("app", "app", "at+jwt"), (token.Subject, token.GetClaim("client_id").Value, token.Typ));
        Assert.Equal([KOauthApp.NotesUri], token.Audiences);
        Assert.DoesNotContain(token.Claims, c => c.Type == "grant_id");
        Assert.Equal("notes:read notes:write", reply.Scope);
        await using var db = koauth.OpenDatabase();
        Assert.Empty(await db.Grants.ToListAsync());
        Assert.Contains(koauth.Told, e => e.Name == "token.issued_to_service");
    }

    [Fact]
    [Trait("check", "TK-36")]
    public async Task A_public_client_has_no_name_of_its_own()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic: true, _service);
        var reply = await koauth.TokenAsync(("grant_type", "client_credentials"), ("client_id", "app"));
        Assert.Equal((HttpStatusCode.BadRequest, "unauthorized_client"), (reply.Status, reply.Error));
    }

    [Fact]
    [Trait("check", "TK-23")]
    public async Task A_client_registered_only_for_codes_does_not_get_one()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var reply = await AskAsync(koauth);
        Assert.Equal((HttpStatusCode.BadRequest, "unauthorized_client"), (reply.Status, reply.Error));
    }

    [Fact]
    public async Task A_resource_for_some_people_is_for_services_that_are_limited_to_it_by_name()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: _service);
        await koauth.ChangeAsync(async db => (await db.Resources.SingleAsync()).Allow = []);
        Assert.Equal("invalid_target", (await AskAsync(koauth)).Error);

        await koauth.ChangeClientAsync("app", client => client.Resources = [KOauthApp.NotesUri]);
        Assert.Null((await AskAsync(koauth)).Error);
    }

    [Fact]
    public async Task An_id_in_the_shape_of_a_persons_id_is_no_service()
    {
        using var commands = new CommandLine();
        var result = await commands.RunAsync("client", "register", Guid.NewGuid().ToString(), "--grants", "client_credentials");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("in the shape of a person's id", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_registered_itself_cannot_give_itself_the_grant()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var app = await koauth.RegisterAsync(Registering.App().With("token_endpoint_auth_method", "client_secret_post")
            .With("grant_types", new[] { "authorization_code", "client_credentials" }));
        await koauth.ChangeClientAsync(app.ClientId, _service); // not even by hand
        var reply = await koauth.TokenAsync(("grant_type", "client_credentials"), ("client_id", app.ClientId), ("client_secret", app.Secret!));
        Assert.Equal((HttpStatusCode.BadRequest, "unauthorized_client"), (reply.Status, reply.Error));
    }

    [Theory]
    [InlineData("notes:read", "notes:read")]
    [InlineData("notes:read openid offline_access unknown", "notes:read")]
    public async Task Scopes_are_those_of_the_resource_and_never_a_person_s(string asked, string granted)
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: _service);
        Assert.Equal(granted, (await AskAsync(koauth, ("scope", asked))).Scope);
    }

    [Theory]
    [InlineData("openid")]
    [InlineData("unknown")]
    public async Task Nothing_left_of_the_scopes_is_refused(string asked)
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: _service);
        Assert.Equal("invalid_scope", (await AskAsync(koauth, ("scope", asked))).Error);
    }

    [Fact]
    public async Task A_resource_that_is_not_the_client_s_is_refused()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: client =>
        {
            _service(client);
            client.Resources = [KOauthApp.NotesUri];
        });
        await koauth.AddResourceAsync("https://other.example.test/mcp", "other:read");
        Assert.Equal("invalid_target", (await AskAsync(koauth, ("resource", "https://other.example.test/mcp"))).Error);
        Assert.Equal("invalid_target", (await AskAsync(koauth, ("resource", "https://unknown.example.test/mcp"))).Error);
    }

    [Fact]
    public async Task A_service_that_is_switched_off_is_told_so_and_its_tokens_are_dead()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: _service);
        var credential = await koauth.CredentialAsync();
        var token = (await AskAsync(koauth)).AccessToken;
        Assert.True((await koauth.IntrospectAsync(token, credential)).IsActive());

        await koauth.ChangeClientAsync("app", c => c.Active = false);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(koauth)).Status);
        (await koauth.IntrospectAsync(token, credential)).IsInactive();
    }

    private static Task<TokenReply> AskAsync(KOauthApp koauth, params (string Name, string Value)[] more) => koauth.TokenAsync(
        [("grant_type", "client_credentials"), ("client_id", "app"), ("client_secret", KOauthApp.SecretOf("app")), .. more]);
}
