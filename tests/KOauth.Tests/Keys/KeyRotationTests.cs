using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using KOauth.Data;
using KOauth.Keys;
using KOauth.Tests.AspNetCore;
using KOauth.Tests.OAuth;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace KOauth.Tests.Keys;

/// <summary>Keys change under a server that is busy, and nobody who checks a token notices.</summary>
public sealed class KeyRotationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("check", "R-10")]
    [Trait("check", "A-46")]
    public async Task Rotated_under_load_no_token_fails_at_a_server_that_keeps_the_key_set_for_ten_minutes()
    {
        await using var koauth = await ReadyAsync();
        using var line = koauth.Commands();
        await using var library = await LibraryAsync(koauth);
        using var cache = new TenMinuteCache(koauth);
        var connections = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => koauth.ConnectAsync()));
        var kids = new ConcurrentDictionary<string, int>();
        var failures = new ConcurrentQueue<string>();
        Task<CommandResult>? rotation = null;
        var old = new List<string>();

        for (var minute = 0; minute < 40; minute++)
        {
            // Eight agents refresh and use their tokens while the command runs.
            var agents = connections.Select((tokens, i) => Task.Run(async () =>
            {
                var next = await koauth.RefreshAsync(tokens.RefreshToken!);
                Assert.Null(next.Error);
                kids.TryAdd(next.Access.Kid, minute);
                connections[i] = next;
                if (!await cache.AcceptsAsync(next.AccessToken!))
                {
                    failures.Enqueue($"the cache, minute {minute}");
                }

                using var answer = await library.PostAsync(next.AccessToken);
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    failures.Enqueue($"the library, minute {minute}");
                }
            })).ToList();
            if (minute == 5)
            {
                await koauth.TellTimeAsync();
                rotation = line.TypeAsync("keys rotate");
            }

            await Task.WhenAll(agents);
            if (minute == 5)
            {
                Assert.Equal(0, (await rotation!).ExitCode);
                await EventuallyAsync(async () => (await JwksAsync(koauth)).Count == 4);
            }

            if (minute == 19)
            {
                old.AddRange(connections.Select(c => c.AccessToken!));
            }

            koauth.Clock.Advance(TimeSpan.FromMinutes(1));
            library.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Empty(failures);
        Assert.Equal(2, kids.Count);
        Assert.All(kids, k => Assert.True(k.Value is 0 or >= 20, $"first used in minute {k.Value}"));
        foreach (var token in old)
        {
            Assert.True(await cache.AcceptsAsync(token)); // until it expires
        }

        koauth.Clock.Advance(TimeSpan.FromMinutes(55));
        Assert.Equal(2, (await JwksAsync(koauth)).Count);
    }

    [Fact]
    [Trait("check", "R-10")]
    public async Task On_schedule_the_next_key_is_published_a_day_before_it_signs_and_the_old_one_goes_when_its_tokens_have()
    {
        await using var koauth = await ReadyAsync(s => s with { KeyRotation = TimeSpan.FromDays(7) });
        var rotation = koauth.Services.GetRequiredService<KeyRotation>();
        var first = (await koauth.ConnectAsync()).Access.Kid;
        koauth.Clock.Advance(TimeSpan.FromDays(5));
        await rotation.LookAsync(Ct);
        Assert.Equal(2, (await JwksAsync(koauth)).Count);

        koauth.Clock.Advance(TimeSpan.FromHours(25));
        await rotation.LookAsync(Ct);
        await rotation.LookAsync(Ct); // and makes no third
        await EventuallyAsync(async () => (await JwksAsync(koauth)).Count == 4);
        Assert.Equal(first, (await koauth.ConnectAsync()).Access.Kid);

        koauth.Clock.Advance(TimeSpan.FromHours(23));
        Assert.Equal(first, (await koauth.ConnectAsync()).Access.Kid);
        koauth.Clock.Advance(TimeSpan.FromHours(1));
        var second = (await koauth.ConnectAsync()).Access.Kid;
        Assert.NotEqual(first, second);
        Assert.Equal(4, (await JwksAsync(koauth)).Count);

        koauth.Clock.Advance(TimeSpan.FromMinutes(71));
        Assert.Equal(2, (await JwksAsync(koauth)).Count);
    }

    [Fact]
    public async Task A_server_that_starts_looks_at_once_whether_keys_are_due()
    {
        var koauth = await ReadyAsync();
        await koauth.ChangeAsync(async db =>
        {
            foreach (var key in await db.SigningKeys.ToListAsync(Ct))
            {
                key.ActiveFrom = koauth.Clock.GetUtcNow().AddDays(-100);
            }
        });

        await using var again = await koauth.RestartAsync();

        await EventuallyAsync(async () => (await JwksAsync(again)).Count == 4);
    }

    [Fact]
    public async Task A_key_that_signs_no_more_is_forgotten_after_a_year()
    {
        await using var node = KeyNode.Keyed();
        await node.Ring.LoadAsync(Ct);
        var first = node.Ring.Keys.Signing.Select(k => k.Kid).ToList();
        var clock = (FakeTimeProvider)node.Get<StoreSettings>().SystemClock;
        clock.SetUtcNow(node.Ring.Keys.Signing[0].ActiveFrom.AddDays(90));
        await node.Get<KeyRotation>().LookAsync(Ct);
        clock.Advance(TimeSpan.FromDays(200));
        await node.Get<KeyRotation>().LookAsync(Ct);
        await using var db = node.Open();
        Assert.Equal(6, await db.SigningKeys.CountAsync(Ct));

        clock.Advance(TimeSpan.FromDays(200));
        await node.Get<KeyRotation>().LookAsync(Ct);

        var left = await db.SigningKeys.Select(k => k.Kid).ToListAsync(Ct);
        Assert.Equal(6, left.Count);
        Assert.Empty(left.Intersect(first));
        await node.Ring.ReloadAsync(Ct);
    }

    [Fact]
    [Trait("check", "R-11")]
    public async Task Revoked_by_a_command_the_key_leaves_a_running_server_within_a_second_and_tokens_of_it_are_worth_nothing_to_who_looks()
    {
        await using var koauth = await ReadyAsync();
        using var line = koauth.Commands();
        await using var library = await LibraryAsync(koauth);
        var tokens = await koauth.ConnectAsync();
        using (var before = await library.PostAsync(tokens.AccessToken))
        {
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        }

        Assert.True((await koauth.IntrospectByClientAsync(tokens.AccessToken)).IsActive());

        Assert.Equal(0, (await line.TypeAsync($"keys revoke {tokens.Access.Kid}")).ExitCode);

        await EventuallyAsync(async () => !(await JwksAsync(koauth)).Contains(tokens.Access.Kid), TimeSpan.FromSeconds(5));
        (await koauth.IntrospectByClientAsync(tokens.AccessToken)).IsInactive();
        var next = await koauth.RefreshAsync(tokens.RefreshToken!);
        Assert.NotEqual(tokens.Access.Kid, next.Access.Kid);
        using var fresh = await library.PostAsync(next.AccessToken); // an unknown key: the library looks
        Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);
        using var stale = await library.PostAsync(tokens.AccessToken);
        Assert.Equal(HttpStatusCode.Unauthorized, stale.StatusCode);
    }

    [Fact]
    [Trait("check", "A-46")]
    public async Task After_a_restart_with_rotated_and_revoked_keys_the_same_keys_are_published()
    {
        var koauth = await ReadyAsync();
        using (var line = koauth.Commands())
        {
            await line.TypeAsync("keys rotate");
            await line.TypeAsync($"keys revoke {(await koauth.ConnectAsync()).Access.Kid}");
        }

        await EventuallyAsync(async () => (await JwksAsync(koauth)).Count == 3);
        var published = await JwksAsync(koauth);

        await using var again = await koauth.RestartAsync();

        Assert.Equal(published, await JwksAsync(again));
    }

    [Fact]
    public async Task Two_rotations_at_once_make_one_key_of_each_algorithm()
    {
        await using var one = KeyNode.Keyed();
        await using var other = one.Again();
        foreach (var node in (KeyNode[])[one, other])
        {
            await node.Ring.LoadAsync(Ct);
            ((FakeTimeProvider)node.Get<StoreSettings>().SystemClock).SetUtcNow(node.Ring.Keys.Signing[0].ActiveFrom.AddDays(1));
        }

        using var barrier = new Barrier(2);

        await Task.WhenAll(new[] { one, other }.Select(node => Task.Run(async () =>
        {
            barrier.SignalAndWait(Ct);
            await node.Get<KeyChanges>().RotateAsync(TimeSpan.FromHours(1), "test", Ct);
        })));

        await using var db = one.Open();
        Assert.Equal(4, await db.SigningKeys.CountAsync(Ct));
    }

    private static async Task<KOauthApp> ReadyAsync(Func<KOauth.Hosting.KOauthSettings, KOauth.Hosting.KOauthSettings>? change = null)
    {
        var koauth = await KOauthApp.StartReadyAsync(change: change);

        await koauth.MeetMachineAsync(); // and the keys of tests were made a moment ago
        return koauth;
    }

    /// <summary>The sample MCP server with our library in front of it, which trusts this server.</summary>
    private static async Task<ProtectedApp> LibraryAsync(KOauthApp koauth)
    {
        var library = ProtectedApp.Sample(
            options => options.BackchannelHttpHandler = koauth.Server.CreateHandler(),
            $"--KOAUTH_URL={KOauthApp.Issuer}", "--BASE_URL=https://notes.example.test");
        if (koauth.Clock.GetUtcNow() > library.Clock.GetUtcNow())
        {
            library.Clock.SetUtcNow(koauth.Clock.GetUtcNow());
        }

        await library.RunAsync();
        return library;
    }

    private static async Task<IReadOnlyList<string>> JwksAsync(KOauthApp koauth)
    {
        using var document = JsonDocument.Parse(await koauth.Http.GetStringAsync("/.well-known/jwks.json", Ct));
        return [.. document.RootElement.GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("kid").GetString()!)];
    }

    private static async Task EventuallyAsync(Func<Task<bool>> isSo, TimeSpan? within = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(within ?? TimeSpan.FromSeconds(20));
        while (!await isSo())
        {
            await Task.Delay(25, patience.Token);
        }
    }

    /// <summary>A resource server that never asks out of turn: what is not in its copy of the key set is refused.</summary>
    private sealed class TenMinuteCache(KOauthApp koauth) : IDisposable
    {
        private readonly JsonWebTokenHandler _handler = new();
        private readonly SemaphoreSlim _one = new(1);
        private DateTimeOffset _readAt;
        private JsonWebKeySet? _keys;

        public void Dispose() => _one.Dispose();

        public async Task<bool> AcceptsAsync(string token)
        {
            await _one.WaitAsync(Ct);
            try
            {
                if (_keys is null || koauth.Clock.GetUtcNow() - _readAt >= TimeSpan.FromMinutes(10))
                {
                    _keys = new JsonWebKeySet(await koauth.Http.GetStringAsync("/.well-known/jwks.json", Ct));
                    _readAt = koauth.Clock.GetUtcNow();
                }
            }
            finally
            {
                _one.Release();
            }

            var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
            {
                ValidIssuer = KOauthApp.Issuer,
                ValidAudience = KOauthApp.NotesUri,
                IssuerSigningKeys = _keys.GetSigningKeys(),
                LifetimeValidator = (_, expires, _, _) => expires > koauth.Clock.GetUtcNow().UtcDateTime,
            });
            return result.IsValid;
        }
    }
}
