using System.Net;
using KOauth.Clients;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static KOauth.Tests.OAuth.Register.Registering;

namespace KOauth.Tests.OAuth.Register;

/// <summary>Registrations nobody needs must not fill the store, nor keep an honest app out.</summary>
public sealed class RegistrationFloodTests
{
    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9", "203.0.113.10")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")]
    [Trait("check", "DC-15")]
    public async Task One_network_registers_only_so_many(string first, string sameNetwork, string other)
    {
        await using var koauth = await KOauthApp.StartAsync();
        koauth.Address = IPAddress.Parse(first);
        var registered = 0;
        RegistrationReply reply;
        while ((reply = await koauth.RegisterAsync(App($"https://a.test/{registered}"))).Status == HttpStatusCode.Created)
        {
            registered++;
            Assert.True(registered < 200, "no limit");
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, reply.Status);
        Assert.Contains(koauth.Told, e => e.Reason == "registrations_too_many");
        Assert.InRange(reply.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);

        koauth.Address = IPAddress.Parse(sameNetwork);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await koauth.RegisterAsync(App("https://a.test/x"))).Status);
        koauth.Address = IPAddress.Parse(other);
        Assert.Equal(HttpStatusCode.Created, (await koauth.RegisterAsync(App("https://a.test/x"))).Status);

        koauth.Address = IPAddress.Parse(first);
        koauth.Clock.Advance(reply.Response.Headers.RetryAfter.Delta.Value);
        Assert.Equal(HttpStatusCode.Created, (await koauth.RegisterAsync(App("https://a.test/y"))).Status);
    }

    [Fact]
    [Trait("check", "DC-15")]
    public async Task A_forged_address_buys_nothing_and_hosted_clients_have_a_count_of_their_own()
    {
        await using var koauth = await KOauthApp.StartAsync();
        koauth.Address = IPAddress.Parse("203.0.113.9");
        var registered = 0;
        while (registered < 200 && (await SendForgedAsync(koauth, registered)) == HttpStatusCode.Created)
        {
            registered++;
        }

        Assert.InRange(registered, 5, 100);

        koauth.Address = IPAddress.Parse("160.79.104.10"); // where Claude's requests come from
        for (var i = 0; i < 3 * registered; i++)
        {
            Assert.Equal(HttpStatusCode.Created, (await koauth.RegisterAsync(App($"https://b.test/{i}"))).Status);
        }
    }

    [Fact]
    [Trait("check", "DC-16")]
    [Trait("check", "A-79")]
    public async Task A_flood_pushes_out_itself_and_nobody_else()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var honest = await koauth.RegisterAsync(App("https://honest.example.test/cb"));
        var connected = await koauth.RegisterAsync(App("https://connected.example.test/cb"));
        var flow = new Flow(connected.ClientId, "https://connected.example.test/cb");
        using var browser = koauth.OpenBrowser();
        var tokens = await koauth.RedeemAsync(flow, await browser.CodeAsync(flow), isPublic: true);

        await FillAsync(koauth, ClientRoom.Capacity + 500, from: 1);
        koauth.Address = IPAddress.Parse("203.0.113.9");
        var room = koauth.Services.GetRequiredService<ClientRoom>();
        for (var i = 0; i < ClientRoom.Step; i++)
        {
            await room.TakenAsync(TestContext.Current.CancellationToken);
        }

        await using var db = koauth.OpenDatabase();
        Assert.InRange(await db.Clients.CountAsync(), ClientRoom.Capacity, ClientRoom.Capacity + ClientRoom.Step + 10);
        Assert.True(await db.Clients.AnyAsync(c => c.ClientId == "app"));
        Assert.True(await db.Clients.AnyAsync(c => c.ClientId == honest.ClientId), "a newcomer from elsewhere was pushed out");
        Assert.NotNull((await koauth.RefreshAsync(tokens.RefreshToken!, connected.ClientId, isPublic: true)).AccessToken);

        var late = await koauth.RegisterAsync(App("https://late.example.test/cb"));
        var lateFlow = new Flow(late.ClientId, "https://late.example.test/cb");
        Assert.NotNull((await koauth.RedeemAsync(lateFlow, await browser.CodeAsync(lateFlow), isPublic: true)).AccessToken);
    }

    [Fact]
    public async Task A_client_that_just_connected_is_not_pushed_out_before_its_use_is_written_down()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var connected = await koauth.RegisterAsync(App());
        var flow = new Flow(connected.ClientId);
        using var browser = koauth.OpenBrowser();
        var tokens = await koauth.RedeemAsync(flow, await browser.CodeAsync(flow), isPublic: true);
        long? from;
        await using (var db = koauth.OpenDatabase())
        {
            from = (await db.Clients.SingleAsync(c => c.ClientId == connected.ClientId)).RegisteredFrom;
        }

        await FillAsync(koauth, ClientRoom.Capacity + 10, from!.Value); // the same network, and it is the oldest of it
        var room = koauth.Services.GetRequiredService<ClientRoom>();
        for (var i = 0; i < ClientRoom.Step; i++)
        {
            await room.TakenAsync(TestContext.Current.CancellationToken);
        }

        Assert.NotNull((await koauth.RefreshAsync(tokens.RefreshToken!, connected.ClientId, isPublic: true)).AccessToken);
    }

    [Fact]
    public async Task An_app_that_registers_twice_in_one_attempt_gets_one_client()
    {
        await using var koauth = await KOauthApp.StartAsync();
        var first = await koauth.RegisterAsync(App());
        Assert.Equal(first.ClientId, (await koauth.RegisterAsync(App())).ClientId);
        Assert.NotEqual(first.ClientId, (await koauth.RegisterAsync(App().With("client_name", "Another"))).ClientId);
        koauth.Address = IPAddress.Parse("203.0.113.77");
        Assert.NotEqual(first.ClientId, (await koauth.RegisterAsync(App())).ClientId);
        koauth.Address = KOauthApp.Home;
        koauth.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.NotEqual(first.ClientId, (await koauth.RegisterAsync(App())).ClientId);

        var secret = App().With("token_endpoint_auth_method", "client_secret_post");
        var (one, two) = (await koauth.RegisterAsync(secret), await koauth.RegisterAsync(secret));
        Assert.NotEqual(one.ClientId, two.ClientId);
        Assert.NotEqual(one.Secret, two.Secret);
    }

    private static async Task<HttpStatusCode> SendForgedAsync(KOauthApp koauth, int number)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/register")
        {
            Content = System.Net.Http.Json.JsonContent.Create(App($"https://a.test/{number}")),
        };
        request.Headers.Add("X-Forwarded-For", $"198.18.{number}.1");
        return (await koauth.Http.SendAsync(request)).StatusCode;
    }

    private static Task FillAsync(KOauthApp koauth, int count, long from) => koauth.ChangeAsync(db =>
    {
        db.Clients.AddRange(Enumerable.Range(0, count).Select(i => new Client
        {
            ClientId = $"koc_flood{i}",
            Name = "Flood",
            Origin = ClientOrigin.Registration,
            AuthMethod = "none",
            RedirectUris = ["https://flood.test/cb"],
            CreatedAt = koauth.Clock.GetUtcNow(),
            RegisteredFrom = from,
        }));
        return Task.CompletedTask;
    });
}
