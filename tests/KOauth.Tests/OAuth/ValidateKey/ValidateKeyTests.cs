using System.Net;
using KOauth.Grants;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.OAuth.ValidateKey;

public sealed class ValidateKeyTests
{
    private const string Alice = "alice@example.test";

    [Fact]
    [Trait("check", "A-92")]
    public async Task A_key_tells_its_server_whose_it_is_and_what_it_may_do()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await SignedInAsync(koauth);
        var notes = await koauth.CredentialAsync();
        var (key, _) = await koauth.KeyAsync(browser);

        var answer = await koauth.ValidateAsync(key, notes);

        Assert.Equal($$"""{"valid":true,"userId":"{{(await koauth.UserAsync()).Id}}","scopes":["notes:read"]}""", answer.Json.GetRawText());
        Assert.True(answer.Response.Headers.CacheControl!.NoStore);
        Assert.Matches("^koa_[A-Za-z0-9_-]{8}_[A-Za-z0-9_-]{49}$", key);
        var (withEmail, _) = await koauth.KeyAsync(browser, new { name = "mail", resource = KOauthApp.NotesUri, scopes = new[] { "email" }, neverExpires = true });
        Assert.Equal(Alice, (await koauth.ValidateAsync(withEmail, notes)).Json.GetProperty("email").GetString());

        await using var db = koauth.OpenDatabase();
        Assert.Equal(koauth.Clock.GetUtcNow(), (await db.ApiKeys.SingleAsync(k => k.Name == "nightly", TestContext.Current.CancellationToken)).LastUsedAt);
    }

    [Fact]
    [Trait("check", "A-48")]
    [Trait("check", "AK-04")]
    public async Task An_ended_key_fails_at_the_very_next_request()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await SignedInAsync(koauth);
        var notes = await koauth.CredentialAsync();
        var (key, id) = await koauth.KeyAsync(browser);
        Assert.True((await koauth.ValidateAsync(key, notes)).IsValid());

        Assert.Equal(HttpStatusCode.NoContent, (await koauth.ApiAsync(HttpMethod.Delete, $"/api/me/api-keys/{id}", browser)).Status);

        Assert.Equal("""{"valid":false,"error":"invalid_key"}""", (await koauth.ValidateAsync(key, notes)).Json.GetRawText());
        Assert.Equal(HttpStatusCode.NotFound, (await koauth.ApiAsync(HttpMethod.Delete, $"/api/me/api-keys/{id}", browser)).Status);
    }

    [Theory]
    [InlineData("time")]
    [InlineData("disabled")]
    [InlineData("epoch")]
    [InlineData("store")]
    [InlineData("access")]
    [Trait("check", "AK-04")]
    public async Task A_key_ends_with_its_time_its_person_and_its_store(string end)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await SignedInAsync(koauth);
        var notes = await koauth.CredentialAsync();
        var (key, _) = await koauth.KeyAsync(browser);
        Assert.True((await koauth.ValidateAsync(key, notes)).IsValid());

        switch (end)
        {
            case "time":
                koauth.Clock.Advance(TimeSpan.FromDays(30));
                break;
            case "disabled":
                await koauth.ChangeUserAsync(Alice, u => u.IsDisabled = true);
                break;
            case "epoch":
                await koauth.ChangeUserAsync(Alice, u => u.Epoch++);
                break;
            case "store":
                await koauth.ChangeAsync(async db => (await db.Store.SingleAsync()).Epoch++);
                break;
            default:
                await koauth.ChangeAsync(async db => (await db.Resources.SingleAsync()).Allow = [$"user:{Guid.Empty}"]);
                break;
        }

        Assert.False((await koauth.ValidateAsync(key, notes)).IsValid());
    }

    [Fact]
    [Trait("check", "AK-06")]
    public async Task A_key_is_worth_nothing_elsewhere()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddResourceAsync("https://files.example.test/mcp");
        using var browser = await SignedInAsync(koauth);
        var files = await koauth.CredentialAsync("https://files.example.test/mcp");
        var (key, id) = await koauth.KeyAsync(browser);

        Assert.False((await koauth.ValidateAsync(key, files)).IsValid());
        foreach (var (method, path) in new[] { (HttpMethod.Get, "/api/me/api-keys"), (HttpMethod.Post, "/api/me/api-keys"), (HttpMethod.Delete, $"/api/me/api-keys/{id}"), (HttpMethod.Get, "/oauth/userinfo") })
        {
            var reply = await koauth.ApiAsync(method, path, null, method == HttpMethod.Post ? KeySteps.Wish() : null, ("Authorization", $"Bearer {key}"));
            Assert.Equal(HttpStatusCode.Unauthorized, reply.Status);
        }
    }

    [Fact]
    [Trait("check", "AK-07")]
    public async Task Guesses_with_the_right_beginning_are_slowed_down_and_the_right_key_is_not()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await SignedInAsync(koauth);
        var notes = await koauth.CredentialAsync();
        var (key, _) = await koauth.KeyAsync(browser);
        var randomness = new Randomness();

        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 40; i++)
        {
            var other = ApiKeyText.Make(randomness);
            var guess = key[..13] + other[13..56];
            guess += System.Buffers.Text.Base64Url.EncodeToString(ApiKeyText.Hash(guess).AsSpan(0, 4));
            Assert.Equal(key[4..12], ApiKeyText.PrefixOf(guess));
            var reply = await koauth.ValidateAsync(guess, notes);
            statuses.Add(reply.Status);
            if (reply.Status == HttpStatusCode.TooManyRequests)
            {
                Assert.Equal(Reasons.ApiKeyGuessed.Error, reply.Error);
                Assert.NotNull(reply.Response.Headers.RetryAfter);
            }
        }

        Assert.Equal(20, statuses.Count(s => s == HttpStatusCode.TooManyRequests));
        Assert.True((await koauth.ValidateAsync(key, notes)).IsValid());
    }

    [Fact]
    [Trait("check", "A-92")]
    public async Task What_is_no_key_is_turned_away_by_its_form()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await SignedInAsync(koauth);
        var notes = await koauth.CredentialAsync();
        var (key, _) = await koauth.KeyAsync(browser);

        foreach (var wrong in new[] { "", "koa_", key[..^1], key + "A", key.ToUpperInvariant(), key[..20] + (key[20] == 'A' ? 'B' : 'A') + key[21..], new string('k', 5000) })
        {
            Assert.Null(ApiKeyText.PrefixOf(wrong));
            Assert.Equal("""{"valid":false,"error":"invalid_key"}""", (await koauth.ValidateAsync(wrong, notes)).Json.GetRawText());
        }

        Assert.Equal("invalid_key", Reasons.ApiKeyWrong.Error);
    }

    [Fact]
    public async Task Only_a_server_that_proves_itself_may_ask()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await SignedInAsync(koauth);
        var notes = await koauth.CredentialAsync();
        var (key, _) = await koauth.KeyAsync(browser);

        foreach (var basic in new[] { null, $"{notes.Id}:wrong", $"{notes.Id}:", $"nobody:{notes.Secret}", $"app:{KOauthApp.SecretOf("app")}" })
        {
            var reply = await koauth.ValidateAsync(new { apiKey = key }, basic);
            Assert.Equal(HttpStatusCode.Unauthorized, reply.Status);
            Assert.Equal(Reasons.ValidatorUnknown.Error, reply.Error);
            Assert.Equal("Basic", reply.Response.Headers.WwwAuthenticate.Single().Scheme);
        }
    }

    [Fact]
    [Trait("check", "AK-05")]
    public async Task A_key_in_an_address_is_refused()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await SignedInAsync(koauth);
        var notes = await koauth.CredentialAsync();
        var (key, _) = await koauth.KeyAsync(browser);
        var basic = $"{notes.Id}:{notes.Secret}";

        Assert.Equal(HttpStatusCode.BadRequest, (await koauth.ValidateAsync(new { apiKey = key }, basic, $"?apiKey={key}")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await koauth.ValidateAsync(new { }, basic)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await koauth.ValidateAsync(new { apiKey = 1 }, basic)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await koauth.ValidateAsync(new StringContent("[]"), basic)).Status);
    }

    private static async Task<Browser> SignedInAsync(KOauthApp koauth)
    {
        var browser = koauth.OpenBrowser();
        await browser.SignInAsync(Alice, KOauthApp.Password);
        return browser;
    }
}
