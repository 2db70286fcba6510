using KOauth.Clients;
using KOauth.Data;
using KOauth.Grants;
using KOauth.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KOauth.Tests.Clients;

/// <summary>What nobody uses goes by itself, and only that.</summary>
public sealed class ClientCleanUpTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact, Trait("check", "A-87")]
    public async Task What_has_run_out_is_gone_after_a_while_and_the_dry_run_had_listed_the_clients()
    {
        var logs = new LogLines();
        await using var koauth = await KOauthApp.StartAsync(services: s => s.AddSingleton<ILoggerProvider>(logs));
        await koauth.AddResourceAsync();
        await koauth.AddUserAsync();
        await koauth.AddClientAsync("by-administrator");
        foreach (var id in (string[])["koc_unused", "koc_used"])
        {
            await koauth.AddClientAsync(id, change: SelfMade);
        }

        await koauth.ConnectAsync(new Flow("koc_used"));
        using (var browser = koauth.OpenBrowser())
        {
            var denied = new Flow("koc_used");
            await browser.OpenAsync(KOauthApp.Issuer + denied.Url);
            await browser.SubmitAsync(null, ("email", "alice@example.test"), ("password", KOauthApp.Password));
            await browser.SubmitAsync("deny");
        }

        await koauth.ChangeAsync(db =>
        {
            var soon = koauth.Clock.GetUtcNow().AddMinutes(10);
            db.SetupLinks.Add(new SetupLink { Hash = [1], ExpiresAt = soon });
            db.DeniedTokens.Add(new DeniedToken { Jti = "jti", ExpiresAt = soon });
            return Task.CompletedTask;
        });
        Assert.NotEqual((0, 0), await koauth.CountAsync());

        koauth.Clock.Advance(TimeSpan.FromDays(29));
        await koauth.AddClientAsync("koc_new", change: SelfMade);
        koauth.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMinutes(1));
        await koauth.Services.GetRequiredService<ClientUse>().WriteAsync(Ct);
        await koauth.Services.GetRequiredService<ClockMark>().KeepAsync(Ct);
        using var line = new CommandLine();
        line.Environment["KOAUTH_DATA"] = koauth.DataDirectory;
        var listed = await line.TypeAsync("client cleanup --dry-run --older-than 29d --json");
        Assert.Equal("koc_unused", Assert.Single(listed.Json.GetProperty("clients").EnumerateArray()).GetProperty("clientId").GetString());
        Assert.Equal(4, (await koauth.ClientsAsync()).Count);

        koauth.Clock.Advance(TimeSpan.FromHours(2));
        await EventuallyAsync(async () => !(await koauth.ClientsAsync()).Contains("koc_unused"));
        Assert.Equal(["by-administrator", "koc_new", "koc_used"], await koauth.ClientsAsync());

        koauth.Clock.Advance(TimeSpan.FromDays(70));
        await EventuallyAsync(async () => await koauth.CountAsync() == (0, 0) && !(await koauth.ClientsAsync()).Contains("koc_used"));
        Assert.Equal(["by-administrator"], await koauth.ClientsAsync());
        var said = string.Join('\n', logs.Lines);
        Assert.Matches(@"Deleted 1 clients that registered themselves and were not used for 30d", said);
        Assert.Matches(@"Deleted what had run out: [1-9]\d* grants, \d+ short-lived rows", said);
        Assert.Matches(@"Deleted what had run out: [1-9]\d* sessions", said);
        Assert.Matches(@"Deleted what had run out: .* [1-9]\d* setup links", said);
    }

    [Fact]
    public async Task The_use_of_a_client_is_written_within_a_minute_once_an_hour_and_empties_no_cache()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var version = koauth.Services.GetRequiredService<ConfigWatch>().Version;
        var began = koauth.Clock.GetUtcNow();
        var tokens = await koauth.ConnectAsync();
        koauth.Clock.Advance(TimeSpan.FromMinutes(1));
        await EventuallyAsync(async () => await UsedAsync(koauth) >= began);
        var first = await UsedAsync(koauth);

        koauth.Clock.Advance(TimeSpan.FromMinutes(30));
        tokens = await koauth.RefreshAsync(tokens.RefreshToken!);
        await koauth.Services.GetRequiredService<ClientUse>().WriteAsync(Ct);
        Assert.Equal(first, await UsedAsync(koauth));

        koauth.Clock.Advance(TimeSpan.FromMinutes(31));
        await koauth.RefreshAsync(tokens.RefreshToken!);
        await koauth.Services.GetRequiredService<ClientUse>().WriteAsync(Ct);
        Assert.Equal(koauth.Clock.GetUtcNow(), await UsedAsync(koauth));
        Assert.Equal(version, await WithAsync(koauth, db => db.Store.Select(s => s.ConfigVersion).SingleAsync(Ct)));
    }

    [Fact]
    public async Task A_stopped_server_has_written_who_used_it()
    {
        var koauth = await KOauthApp.StartReadyAsync();
        await koauth.ConnectAsync();

        await using var again = await koauth.RestartAsync();

        Assert.NotNull(await UsedAsync(again));
    }

    [Fact]
    public async Task A_refused_request_is_no_use()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();

        await koauth.RefreshAsync("kor_nonsense");
        await koauth.Services.GetRequiredService<ClientUse>().WriteAsync(Ct);

        Assert.Null(await UsedAsync(koauth));
    }

    [Fact]
    public async Task By_hand_it_deletes_those_and_says_so_and_writes_it_down()
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.TypeAsync("client register kept --preset claude");
        await koauth.InDatabaseAsync(db =>
        {
            var old = TimeProvider.System.GetUtcNow().AddDays(-8);
            foreach (var (id, used) in new[] { ("koc_old", (DateTimeOffset?)null), ("koc_\u001b[31mred", old), ("koc_fresh", null) })
            {
                db.Clients.Add(new Client
                {
                    ClientId = id,
                    Name = "App",
                    Origin = ClientOrigin.Registration,
                    LastUsedAt = used,
                    CreatedAt = id == "koc_fresh" ? old.AddDays(7) : old,
                });
            }

            return db.SaveChangesAsync(Ct);
        });

        Assert.Equal("0 clients would be deleted. Do it: koauth client cleanup --older-than 30d\n", (await koauth.TypeAsync("client cleanup --dry-run")).Output);
        koauth.Environment["KOAUTH_CLIENT_RETENTION"] = "7d";
        var dry = await koauth.TypeAsync("client cleanup --dry-run");
        Assert.EndsWith("2 clients would be deleted. Do it: koauth client cleanup --older-than 7d\n", dry.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", dry.Output, StringComparison.Ordinal);

        var done = await koauth.TypeAsync("client cleanup --json");

        Assert.Equal((0, ""), (done.ExitCode, done.Error));
        Assert.True(done.Json.GetProperty("deleted").GetBoolean());
        Assert.Equal(2, done.Json.GetProperty("clients").GetArrayLength());
        Assert.Equal(["kept", "koc_fresh"], await koauth.InDatabaseAsync(db => db.Clients.Select(c => c.ClientId).Order().ToListAsync(Ct)));
        Assert.Equal(2, await koauth.InDatabaseAsync(db => db.Audit.CountAsync(a => a.Action == "client.deleted" && a.Actor.StartsWith("cli:"), Ct)));
        Assert.Equal("0 clients deleted.\n", (await koauth.TypeAsync("client cleanup")).Output);
    }

    [Theory]
    [InlineData("client cleanup --older-than soon")]
    [InlineData("client cleanup --older-than")]
    [InlineData("client cleanup --dryrun")]
    [InlineData("client cleanup koc_one")]
    public async Task A_slip_deletes_nothing(string line)
    {
        using var koauth = CommandLine.WithDatabase();
        await koauth.InDatabaseAsync(db =>
        {
            db.Clients.Add(new Client { ClientId = "koc_one", Name = "App", Origin = ClientOrigin.Registration });
            return db.SaveChangesAsync(Ct);
        });

        Assert.Equal(2, (await koauth.TypeAsync(line)).ExitCode);

        Assert.Equal(1, await koauth.InDatabaseAsync(db => db.Clients.CountAsync(Ct)));
    }

    [Fact]
    public async Task A_client_somebody_is_connected_with_stays_however_long_it_was_not_used()
    {
        await using var koauth = await KOauthApp.StartReadyAsync(client: SelfMade, change: s => s with { RefreshTokenIdle = TimeSpan.FromDays(80) });
        var tokens = await koauth.ConnectAsync();
        koauth.Clock.Advance(TimeSpan.FromDays(60));

        await koauth.Services.GetRequiredService<ClientSweep>().SweepAsync(Ct);

        Assert.Null((await koauth.RefreshAsync(tokens.RefreshToken!)).Error);
    }

    private static void SelfMade(Client client) => client.Origin = ClientOrigin.Registration;

    private static Task<DateTimeOffset?> UsedAsync(KOauthApp koauth) => WithAsync(koauth, db => db.Clients.Select(c => c.LastUsedAt).SingleAsync(Ct));

    private static async Task<T> WithAsync<T>(KOauthApp koauth, Func<KOauthDb, Task<T>> look)
    {
        await using var db = koauth.OpenDatabase();
        return await look(db);
    }

    private static async Task EventuallyAsync(Func<Task<bool>> isSo)
    {
        for (var patience = 0; !await isSo(); patience++)
        {
            Assert.True(patience < 400, "It did not happen within ten seconds.");
            await Task.Delay(25, Ct);
        }
    }
}

internal static class CleanUpLooks
{
    public static async Task<List<string>> ClientsAsync(this KOauthApp koauth)
    {
        await using var db = koauth.OpenDatabase();
        return await db.Clients.Select(c => c.ClientId).Order().ToListAsync();
    }

    /// <summary>How many rows with an end there are: of people, and of grants.</summary>
    public static async Task<(int People, int Grants)> CountAsync(this KOauthApp koauth)
    {
        await using var db = koauth.OpenDatabase();
        return (await db.Sessions.CountAsync() + await db.SetupLinks.CountAsync(),
            await db.Grants.CountAsync() + await db.AnsweredFlows.CountAsync() + await db.DeniedTokens.CountAsync());
    }
}
