using System.Net;
using System.Text;
using KOauth.Protocol;
using KOauth.Tests.OAuth;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Account;

public sealed class ApiKeysTests
{
    private const string Path = "/api/me/api-keys";

    [Fact]
    [Trait("check", "AK-01")]
    public async Task Keys_are_made_with_a_session_and_for_oneself()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var bob = await koauth.AddUserAsync("bob@example.test");
        using var browser = await OpenSessionsTests.SignedInAsync(koauth);
        object For(Guid user) => new { name = "x", resource = KOauthApp.NotesUri, scopes = Array.Empty<string>(), expiresInDays = 1, userId = user };

        var without = await koauth.ApiAsync(HttpMethod.Post, Path, null, For(bob.Id));
        var forBob = await koauth.ApiAsync(HttpMethod.Post, Path, browser, For(bob.Id));
        var forAlice = await koauth.ApiAsync(HttpMethod.Post, Path, browser, For((await koauth.UserAsync()).Id));

        Assert.Equal((HttpStatusCode.Unauthorized, Reasons.NotSignedIn.Error), (without.Status, without.Error));
        Assert.Equal((HttpStatusCode.Forbidden, Reasons.ApiKeyOfAnother.Error), (forBob.Status, forBob.Error));
        Assert.Equal(HttpStatusCode.Created, forAlice.Status);
    }

    [Theory]
    [InlineData("""{"name":"x","resource":"https://notes.example.test/mcp","scopes":[],"expiresInDays":1,"rateLimit":1000000}""")]
    [InlineData("""{"name":"x","resource":"https://notes.example.test/mcp","scopes":[],"expiresInDays":366}""")]
    [InlineData("""{"name":"x","resource":"https://notes.example.test/mcp","scopes":[],"expiresInDays":0}""")]
    [InlineData("""{"name":"x","resource":"https://notes.example.test/mcp","scopes":[]}""")]
    [InlineData("""{"name":"x","resource":"https://notes.example.test/mcp","scopes":[],"expiresInDays":null}""")]
    [InlineData("""{"name":"x","resource":"https://notes.example.test/mcp","scopes":[],"neverExpires":true,"expiresInDays":1}""")]
    [InlineData("""{"name":"x","resource":"https://notes.example.test/mcp","scopes":["admin"],"expiresInDays":1}""")]
    [InlineData("""{"name":"","resource":"https://notes.example.test/mcp","scopes":[],"expiresInDays":1}""")]
    [InlineData("""{"name":"x","name":"y","resource":"https://notes.example.test/mcp","scopes":[],"expiresInDays":1}""")]
    [InlineData("""[]""")]
    [Trait("check", "AK-02")]
    [Trait("check", "A-92")]
    public async Task What_is_not_understood_is_refused_not_ignored(string json)
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await OpenSessionsTests.SignedInAsync(koauth);

        var reply = await koauth.ApiAsync(HttpMethod.Post, Path, browser, new StringContent(json, Encoding.UTF8, "application/json"));

        Assert.Equal((HttpStatusCode.BadRequest, Reasons.ApiKeyWishInvalid.Error), (reply.Status, reply.Error));
        await using var db = koauth.OpenDatabase();
        Assert.Equal(0, await db.ApiKeys.CountAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Servers_somebody_may_not_use_are_not_shown_to_them()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddResourceAsync("https://secret.example.test/mcp", "secret:read");
        await koauth.ChangeAsync(async db => (await db.Resources.SingleAsync(r => r.Uri == "https://secret.example.test/mcp")).Allow = []);
        using var browser = await OpenSessionsTests.SignedInAsync(koauth);

        await browser.OpenAsync($"{KOauthApp.Issuer}/account/keys?for=https%3A%2F%2Fsecret.example.test%2Fmcp");

        Assert.Contains("notes.example.test", browser.Page!.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", browser.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("check", "AK-03")]
    public async Task A_key_is_told_once_and_kept_as_a_hash()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await OpenSessionsTests.SignedInAsync(koauth);
        var (key, _) = await koauth.KeyAsync(browser);

        var list = (await koauth.ApiAsync(HttpMethod.Get, Path, browser)).Json.GetRawText();
        await browser.OpenAsync("/account/keys");

        Assert.Contains(key[4..12], list, StringComparison.Ordinal);
        Assert.DoesNotContain(key[13..], list, StringComparison.Ordinal);
        Assert.Contains("nightly", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(key[13..], browser.Text, StringComparison.Ordinal);
        await koauth.StopAsync();
        foreach (var file in Directory.EnumerateFiles(koauth.DataDirectory).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            Assert.DoesNotContain(key[13..], await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("check", "A-76")]
    public async Task Other_origins_and_forms_change_nothing()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await OpenSessionsTests.SignedInAsync(koauth);
        var (_, id) = await koauth.KeyAsync(browser);

        foreach (var header in new[] { ("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example.test") })
        {
            var made = await koauth.ApiAsync(HttpMethod.Post, Path, browser, KeySteps.Wish(), header);
            var ended = await koauth.ApiAsync(HttpMethod.Delete, $"{Path}/{id}", browser, null, header);
            Assert.Equal((HttpStatusCode.Forbidden, Reasons.RequestForeign.Error), (made.Status, made.Error));
            Assert.Equal(HttpStatusCode.Forbidden, ended.Status);
        }

        foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded" })
        {
            var body = new StringContent("""{"name":"x","resource":"https://notes.example.test/mcp","scopes":[],"expiresInDays":1}""", Encoding.UTF8, type);
            Assert.Equal(HttpStatusCode.BadRequest, (await koauth.ApiAsync(HttpMethod.Post, Path, browser, body)).Status);
        }

        Assert.Equal(1, (await koauth.ApiAsync(HttpMethod.Get, Path, browser)).Json.GetProperty("keys").GetArrayLength());
    }

    [Fact]
    public async Task Nobody_sees_or_ends_the_keys_of_somebody_else()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddUserAsync("mallory@example.test");
        using var browser = await OpenSessionsTests.SignedInAsync(koauth);
        var notes = await koauth.CredentialAsync();
        var (key, id) = await koauth.KeyAsync(browser);
        using var mallory = koauth.OpenBrowser();
        await mallory.SignInAsync("mallory@example.test", KOauthApp.Password);

        Assert.Equal(0, (await koauth.ApiAsync(HttpMethod.Get, Path, mallory)).Json.GetProperty("keys").GetArrayLength());
        Assert.Equal(HttpStatusCode.NotFound, (await koauth.ApiAsync(HttpMethod.Delete, $"{Path}/{id}", mallory)).Status);
        Assert.True((await koauth.ValidateAsync(key, notes)).IsValid());
    }

    [Fact]
    public async Task There_is_a_bound_to_the_keys_of_one_person()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await OpenSessionsTests.SignedInAsync(koauth);
        for (var i = 0; i < 50; i++)
        {
            await koauth.KeyAsync(browser);
        }

        var reply = await koauth.ApiAsync(HttpMethod.Post, Path, browser, KeySteps.Wish());

        Assert.Equal((HttpStatusCode.BadRequest, Reasons.ApiKeysTooMany.Wire), (reply.Status, reply.Json.GetProperty("error_description").GetString()));
    }

    [Fact]
    public async Task A_person_makes_and_ends_a_key_on_the_page()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = await OpenSessionsTests.SignedInAsync(koauth);
        var notes = await koauth.CredentialAsync();
        await browser.OpenAsync("/account/keys");
        await browser.OpenAsync(browser.Page!.QuerySelector(".ways a")!.GetAttribute("href")!);

        await browser.PostAsync("/account/keys",
        [
            new("resource", browser.Field("resource")), new("name", "from the page"), new("scope", "notes:read"), new("days", "never"),
            new("__RequestVerificationToken", browser.Field("__RequestVerificationToken")),
        ]);
        var key = browser.Page!.QuerySelector("[role=status] code")!.TextContent;
        Assert.True((await koauth.ValidateAsync(key, notes)).IsValid());
        Assert.Contains("never ends", browser.Text, StringComparison.Ordinal);

        await browser.SubmitAsync(browser.Page.QuerySelector("button[name=end]")!.GetAttribute("value"));
        Assert.False((await koauth.ValidateAsync(key, notes)).IsValid());
        Assert.Empty(browser.Page.QuerySelectorAll(".items > li"));
    }

    [Fact]
    [Trait("check", "A-47")]
    public async Task After_disconnecting_introspection_says_inactive()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var connected = await koauth.ConnectAsync();
        var notes = await koauth.CredentialAsync();
        using var browser = await OpenSessionsTests.SignedInAsync(koauth);
        await browser.OpenAsync("/account/apps");
        Assert.True((await koauth.IntrospectAsync(connected.AccessToken, notes)).IsActive());

        await browser.SubmitAsync("app");

        (await koauth.IntrospectAsync(connected.AccessToken, notes)).IsInactive();
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(connected.RefreshToken!)).Error);
    }
}
