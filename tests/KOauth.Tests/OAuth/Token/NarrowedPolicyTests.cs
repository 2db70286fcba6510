using KOauth.Clients;
using KOauth.Resources;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.OAuth.Token;

/// <summary>
/// What a client or a resource lost after the approval is in no token made later: a code or a refresh token is never worth more than a
/// new request would be.
/// </summary>
public sealed class NarrowedPolicyTests
{
    private const string OtherUri = "https://other.example.test/mcp";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("check", "RF-17")]
    public async Task A_resource_taken_from_the_client_ends_with_invalid_grant(bool isRedeemed)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddResourceAsync(OtherUri, "other:read");

        var later = await ApprovedAsync(koauth, isRedeemed, client => client.Resources = [OtherUri]);

        Assert.Equal("invalid_grant", later.Error);
        Assert.Equal("resource_gone", koauth.Told[^1].Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_scope_taken_from_the_client_is_in_no_later_token(bool isRedeemed)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        var later = await ApprovedAsync(koauth, isRedeemed, client => client.Scopes = ["notes:read"]);

        Assert.Equal("notes:read", later.Scope);
        Assert.Equal("notes:read", later.Access.GetClaim("scope").Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_scope_taken_from_the_resource_is_in_no_later_token(bool isRedeemed)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        var later = await ApprovedAsync(koauth, isRedeemed, _ => { }, resource => resource.Scopes = [.. resource.Scopes.Where(s => s.Name != "notes:write")]);

        Assert.Equal("notes:read", later.Scope);
    }

    [Fact]
    public async Task A_scope_that_was_renamed_is_not_the_new_one()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        var later = await ApprovedAsync(koauth, isRedeemed: false, _ => { }, resource =>
            resource.Scopes = [resource.Scopes[0], resource.Scopes[1] with { Id = 3, Name = "notes:destroy" }]);

        Assert.Equal("notes:read", later.Scope);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_nothing_left_the_client_is_told_to_start_over(bool isRedeemed)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        var later = await ApprovedAsync(koauth, isRedeemed, client => client.Scopes = ["other:read"]);

        Assert.Equal("invalid_grant", later.Error);
        Assert.Equal("scopes_gone", koauth.Told[^1].Reason);
    }

    [Fact]
    public async Task What_comes_back_works_again()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync(Both());
        await koauth.ChangeClientAsync("app", client => client.Scopes = ["other:read"]);
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(tokens.RefreshToken!)).Error);

        await koauth.ChangeClientAsync("app", client => client.Scopes = null);

        Assert.Equal("notes:read notes:write", (await koauth.RefreshAsync(tokens.RefreshToken!)).Scope);
    }

    private static Flow Both() => new Flow().With("scope", "notes:read notes:write");

    /// <summary>Approves both scopes, changes the client and the resource, and gives what the code or the refresh token then brings.</summary>
    private static async Task<TokenReply> ApprovedAsync(
        KOauthApp koauth, bool isRedeemed, Action<Client> client, Action<Resource>? resource = null)
    {
        var flow = Both();
        using var browser = koauth.OpenBrowser();
        var code = await browser.CodeAsync(flow);
        var tokens = isRedeemed ? await koauth.RedeemAsync(flow, code) : null;
        await koauth.ChangeClientAsync("app", client);
        await koauth.ChangeAsync(async db => resource?.Invoke(await db.Resources.SingleAsync(r => r.Uri == KOauthApp.NotesUri)));
        return tokens is null ? await koauth.RedeemAsync(flow, code) : await koauth.RefreshAsync(tokens.RefreshToken!);
    }
}
