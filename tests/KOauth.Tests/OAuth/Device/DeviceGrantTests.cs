using System.Net;
using KOauth.Grants;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.OAuth.Device;

/// <summary>A device without a browser is approved elsewhere (RFC 8628): what it gets, when, and how often.</summary>
public sealed class DeviceGrantTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_device_that_a_person_approves_gets_tokens_and_keeps_them(bool isPublic)
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic, DeviceSteps.ForDevices);
        using var browser = koauth.OpenBrowser();

        var started = await koauth.StartDeviceAsync(isPublic: isPublic, changes: ("scope", "notes:read openid email"));
        Assert.Equal(HttpStatusCode.OK, started.Status);
        Assert.Equal("no-store", started.Response.Headers.CacheControl!.ToString());
        Assert.Equal((900, 5), (started.Json.GetProperty("expires_in").GetInt32(), started.Json.GetProperty("interval").GetInt32()));
        Assert.Equal(KOauthApp.Issuer + "/account/device", started.Json.GetProperty("verification_uri").GetString());
        Assert.Matches("^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$", started.Shown());
        Assert.Equal("authorization_pending", (await koauth.PollAsync(started, isPublic: isPublic)).Error);

        await browser.AnswerDeviceAsync(started);
        Assert.Contains("Your device is connected", browser.Text, StringComparison.Ordinal);
        koauth.Clock.Advance(TimeSpan.FromSeconds(5));
        var tokens = await koauth.PollAsync(started, isPublic: isPublic);

        Assert.Equal((HttpStatusCode.OK, "openid email notes:read"), (tokens.Status, tokens.Scope));
        Assert.Equal(KOauthApp.NotesUri, tokens.Access.Audiences.Single());
        Assert.Equal("alice@example.test", new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(tokens.IdToken).GetClaim("email").Value);
        Assert.Null((await koauth.RefreshAsync(tokens.RefreshToken!, isPublic: isPublic)).Error);
        Assert.Equal(
            ["device.started", "device.code_typed", "login.succeeded", "consent.shown", "authorization.approved", "token.exchanged", "token.refreshed"],
            koauth.Told.Select(e => e.Name));
        Assert.Single(koauth.Told.Select(e => e.Story).Distinct());
    }

    [Fact]
    public async Task A_device_that_a_person_denies_is_told_so_and_a_no_takes_back_a_yes()
    {
        await using var koauth = await StartAsync();
        using var browser = koauth.OpenBrowser();

        var denied = await koauth.StartDeviceAsync();
        await browser.AnswerDeviceAsync(denied, "deny");
        Assert.Contains("Nothing was connected", browser.Text, StringComparison.Ordinal);
        Assert.Equal("access_denied", (await koauth.PollAsync(denied)).Error);
        Assert.Equal("device_denied", koauth.Told[^1].Reason);

        var regretted = await koauth.StartDeviceAsync();
        await browser.OpenAsync(regretted.Link());
        await browser.SubmitAsync();
        var (page, ticket) = (browser.Location.ToString(), browser.Field("flow"));
        await browser.SubmitAsync("approve");
        await browser.PostAsync(page, [new("flow", ticket), new("decision", "deny")]);
        Assert.Equal("access_denied", (await koauth.PollAsync(regretted)).Error);
    }

    [Fact]
    public async Task An_answer_counts_once()
    {
        await using var koauth = await StartAsync();
        using var browser = koauth.OpenBrowser();
        var started = await koauth.StartDeviceAsync();
        await browser.OpenAsync(started.Link());
        await browser.SubmitAsync();
        await browser.SubmitAsync(null, ("email", "alice@example.test"), ("password", KOauthApp.Password));
        var (page, ticket) = (browser.Location.ToString(), browser.Field("flow"));
        await browser.SubmitAsync("approve");

        await browser.PostAsync(page, [new("flow", ticket), new("decision", "approve")]);
        Assert.Equal("device_answered", koauth.Told[^1].Reason);

        Assert.Null((await koauth.PollAsync(started)).Error);
        await browser.PostAsync(page, [new("flow", ticket), new("decision", "deny")]);
        Assert.Equal("ticket_spent", koauth.Told[^1].Reason);
    }

    [Fact]
    public async Task A_device_that_asks_too_often_must_wait_longer_for_good()
    {
        await using var koauth = await StartAsync();
        var started = await koauth.StartDeviceAsync();

        Assert.Equal("authorization_pending", (await koauth.PollAsync(started)).Error);
        koauth.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("slow_down", (await koauth.PollAsync(started)).Error);
        koauth.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("slow_down", (await koauth.PollAsync(started)).Error); // ten now
        koauth.Clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal("authorization_pending", (await koauth.PollAsync(started)).Error);
        koauth.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("slow_down", (await koauth.PollAsync(started)).Error); // fifteen is kept
        Assert.DoesNotContain(koauth.Told, e => e.Reason is "device_pending" or "device_too_fast"); // waiting is no news
    }

    [Fact]
    public async Task Codes_expire_and_are_swept()
    {
        await using var koauth = await StartAsync();
        using var browser = koauth.OpenBrowser();
        var started = await koauth.StartDeviceAsync();
        await browser.SignInAsync("alice@example.test", KOauthApp.Password);
        await browser.OpenAsync(started.Link());
        await browser.SubmitAsync();
        koauth.Clock.Advance(TimeSpan.FromMinutes(15));

        await browser.SubmitAsync("approve");
        Assert.Equal("device_answered", koauth.Told[^1].Reason);
        Assert.Equal("expired_token", (await koauth.PollAsync(started)).Error);
        Assert.Equal("device_code_expired", koauth.Told[^1].Reason);
        await browser.OpenAsync(started.Link());
        await browser.SubmitAsync();
        Assert.Equal("user_code_unknown", koauth.Told[^1].Reason);

        koauth.Clock.Advance(TimeSpan.FromHours(1));
        await ((GrantSweep)koauth.Services.GetService(typeof(GrantSweep))!).SweepAsync(TestContext.Current.CancellationToken);
        await using var db = koauth.OpenDatabase();
        Assert.False(await db.DeviceCodes.AnyAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Of_many_redemptions_at_once_one_wins_and_a_late_replay_ends_the_connection()
    {
        await using var koauth = await StartAsync();
        using var browser = koauth.OpenBrowser();
        for (var round = 0; round < 10; round++)
        {
            var started = await koauth.StartDeviceAsync();
            await browser.AnswerDeviceAsync(started);
            using var barrier = new Barrier(20);
            var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() =>
            {
                barrier.SignalAndWait();
                return koauth.PollAsync(started);
            })));

            var won = Assert.Single(replies, r => r.Error is null);
            Assert.All(replies.Where(r => r != won), r => Assert.Equal("invalid_grant", r.Error));
            Assert.Null((await koauth.RefreshAsync(won.RefreshToken!)).Error);
            if (round == 9)
            {
                koauth.Clock.Advance(TimeSpan.FromSeconds(11));
                Assert.Equal("invalid_grant", (await koauth.PollAsync(started)).Error);
                Assert.Equal("invalid_grant", (await koauth.RefreshAsync(won.RefreshToken!)).Error);
            }
        }
    }

    [Fact]
    public async Task What_changed_between_the_yes_and_the_tokens_counts()
    {
        await using var koauth = await StartAsync();
        using var browser = koauth.OpenBrowser();
        await koauth.AddUserAsync("bob@example.test");

        var disabled = await koauth.StartDeviceAsync();
        using var bob = koauth.OpenBrowser();
        await bob.AnswerDeviceAsync(disabled, email: "bob@example.test");
        await koauth.ChangeUserAsync("bob@example.test", u => u.Disable());
        Assert.Equal("invalid_grant", (await koauth.PollAsync(disabled)).Error);

        var restricted = await koauth.StartDeviceAsync();
        await browser.AnswerDeviceAsync(restricted);
        var alice = await koauth.UserAsync();
        await koauth.ChangeAsync(async db => (await db.Resources.SingleAsync()).Allow = [KOauth.Resources.AllowList.User(Guid.Empty)]);
        Assert.Equal("invalid_grant", (await koauth.PollAsync(restricted)).Error);
        Assert.Equal("grant_not_allowed", koauth.Told[^1].Reason);
        await koauth.ChangeAsync(async db => (await db.Resources.SingleAsync()).Allow = [KOauth.Resources.AllowList.User(alice.Id)]);
        Assert.Null((await koauth.PollAsync(restricted)).Error); // nothing was consumed

        var switchedOff = await koauth.StartDeviceAsync();
        await browser.AnswerDeviceAsync(switchedOff);
        await koauth.ChangeClientAsync("app", c => c.GrantTypes = [GrantTypeNames.RefreshToken]);
        Assert.Equal("unauthorized_client", (await koauth.PollAsync(switchedOff)).Error);
    }

    [Fact]
    public async Task A_person_who_may_not_use_the_server_is_told_so_and_the_device_too()
    {
        await using var koauth = await StartAsync();
        using var browser = koauth.OpenBrowser();
        await koauth.ChangeAsync(async db => (await db.Resources.SingleAsync()).Allow = [KOauth.Resources.AllowList.User(Guid.Empty)]);
        var started = await koauth.StartDeviceAsync();

        await browser.OpenAsync(started.Link());
        await browser.SubmitAsync();
        await browser.SubmitAsync(null, ("email", "alice@example.test"), ("password", KOauthApp.Password));
        Assert.Equal("/account/not-allowed", browser.Location.AbsolutePath);
        await browser.SubmitAsync("deny");

        Assert.Contains("Nothing was connected", browser.Text, StringComparison.Ordinal);
        Assert.Equal("access_denied", (await koauth.PollAsync(started)).Error);
    }

    [Fact]
    public async Task A_public_device_with_a_key_gets_bound_tokens()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic: true, DeviceSteps.ForDevices);
        using var browser = koauth.OpenBrowser();
        var started = await koauth.StartDeviceAsync(isPublic: true);
        await browser.AnswerDeviceAsync(started);
        using var key = new ProofMaker(koauth.Clock);

        var tokens = await koauth.ProveAsync(
            key,
            ("grant_type", GrantTypeNames.DeviceCode), ("device_code", started.Code()), ("client_id", "app"));

        Assert.Equal("DPoP", tokens.Json.GetProperty("token_type").GetString());
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(tokens.RefreshToken!, isPublic: true)).Error);
        Assert.Equal("refresh_of_another_key", koauth.Told[^1].Reason);
    }

    [Theory]
    [InlineData("client_secret", "kos_wrong", "secret_wrong", "invalid_client")]
    [InlineData("client_secret", null, "secret_missing", "invalid_client")]
    [InlineData("client_id", "nobody", "client_unknown", "invalid_client")]
    [InlineData("resource", "https://unknown.example/", "resource_unknown", "invalid_target")]
    [InlineData("scope", "unknown", "scope_empty", "invalid_scope")]
    public async Task What_is_wrong_is_told_when_the_device_asks(string parameter, string? value, string reason, string error)
    {
        await using var koauth = await StartAsync();

        var reply = await koauth.StartDeviceAsync(changes: (parameter, value));

        Assert.Equal(error, reply.Error);
        Assert.Equal((reason, "device.refused"), (koauth.Told[^1].Reason, koauth.Told[^1].Name));
    }

    [Fact]
    public async Task Only_clients_an_administrator_registered_for_it_may_use_it()
    {
        await using var koauth = await StartAsync();
        await koauth.AddClientAsync("web");
        await koauth.AddClientAsync("self", isPublic: true, c =>
        {
            DeviceSteps.ForDevices(c);
            c.Origin = KOauth.Clients.ClientOrigin.Registration;
        });

        Assert.Equal("unauthorized_client", (await koauth.StartDeviceAsync("web")).Error);
        Assert.Equal("koauth client update web --grants authorization_code,refresh_token,device_code", koauth.Told[^1].Fact("fix"));
        Assert.Equal("unauthorized_client", (await koauth.StartDeviceAsync("self", isPublic: true)).Error);
        Assert.Equal("device_self_asserted", koauth.Told[^1].Reason);
    }

    [Fact]
    public async Task A_device_code_is_for_its_client_alone()
    {
        await using var koauth = await StartAsync();
        await koauth.AddClientAsync("other", change: DeviceSteps.ForDevices);
        using var browser = koauth.OpenBrowser();
        var started = await koauth.StartDeviceAsync();
        await browser.AnswerDeviceAsync(started);

        Assert.Equal("invalid_grant", (await koauth.PollAsync(started, "other")).Error);
        Assert.Equal("device_code_of_another_client", koauth.Told[^1].Reason);
        Assert.Equal("invalid_target", (await koauth.PollAsync(started, more: ("resource", "https://other.test/mcp"))).Error);
        Assert.Equal("invalid_grant", (await koauth.TokenAsync(
            ("grant_type", GrantTypeNames.DeviceCode), ("device_code", started.Shown()), ("client_id", "app"), ("client_secret", KOauthApp.SecretOf("app")))).Error);
        Assert.Equal("device_code_unknown", koauth.Told[^1].Reason);
        Assert.Null((await koauth.PollAsync(started)).Error);
    }

    [Fact]
    public async Task Nothing_in_the_database_is_a_code()
    {
        await using var koauth = await StartAsync();
        var started = await koauth.StartDeviceAsync();
        await koauth.StopAsync();

        var bytes = string.Concat(Directory.EnumerateFiles(koauth.DataDirectory, "*.db*").Select(f => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(f))));

        Assert.DoesNotContain(started.Code(), bytes, StringComparison.Ordinal);
        Assert.DoesNotContain(started.Shown(), bytes, StringComparison.Ordinal);
        Assert.DoesNotContain(started.Shown().Replace("-", "", StringComparison.Ordinal), bytes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_more_devices_wait_than_could_be_guessed_among()
    {
        await using var koauth = await StartAsync();
        await koauth.ChangeAsync(db =>
        {
            db.DeviceCodes.AddRange(Enumerable.Range(0, 5_000).Select(i => new DeviceCode
            {
                Hash = BitConverter.GetBytes(i),
                UserCodeHash = BitConverter.GetBytes(i),
                Scopes = "",
                Story = "K",
                ExpiresAt = koauth.Clock.GetUtcNow() + TimeSpan.FromMinutes(1),
            }));
            return Task.CompletedTask;
        });

        var reply = await koauth.StartDeviceAsync();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "device_codes_too_many"), (reply.Status, koauth.Told[^1].Reason));

        koauth.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null((await koauth.StartDeviceAsync()).Error);
    }

    [Fact]
    public async Task One_network_cannot_keep_the_devices_of_all_others_waiting()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(isPublic: true, DeviceSteps.ForDevices);
        for (var device = 0; device < 100; device++)
        {
            koauth.Address = IPAddress.Parse($"2001:db8:1:2::{device + 1:x}");
            Assert.Null((await koauth.StartDeviceAsync(isPublic: true)).Error);
        }

        koauth.Address = IPAddress.Parse("2001:db8:1:2:ffff::1");
        var reply = await koauth.StartDeviceAsync(isPublic: true);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "60"), (reply.Status, reply.Response.Headers.GetValues("Retry-After").Single()));
        Assert.Equal("device_codes_too_many", koauth.Told[^1].Reason);
        koauth.Address = IPAddress.Parse("2001:db8:1:3::1");
        Assert.Null((await koauth.StartDeviceAsync(isPublic: true)).Error);
    }

    [Fact]
    [Trait("check", "A-24")]
    public async Task Switched_off_nothing_of_it_is_there()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: DeviceSteps.ForDevices, change: s => s with { DeviceGrant = false });

        Assert.DoesNotContain("device", await koauth.Http.GetStringAsync("/.well-known/oauth-authorization-server", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await koauth.StartDeviceAsync()).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await koauth.Http.GetAsync("/account/device", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal("unsupported_grant_type", (await koauth.TokenAsync(
            ("grant_type", GrantTypeNames.DeviceCode), ("device_code", "x"), ("client_id", "app"), ("client_secret", KOauthApp.SecretOf("app")))).Error);
    }

    private static Task<KOauthApp> StartAsync() => KOauthApp.StartReadyAsync(client: DeviceSteps.ForDevices);
}
