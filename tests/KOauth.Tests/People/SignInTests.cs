using System.Globalization;
using KOauth.People;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.People;

public sealed class SignInTests : IAsyncLifetime
{
    private const string Wrong = "not the right password";

    private readonly PeopleRoom _room = new();
    private User _ada = null!;

    public async ValueTask InitializeAsync() => _ada = await _room.AddUserAsync();

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task The_right_password_signs_in_however_the_address_is_spelled()
    {
        Assert.Null(await _room.TryAsync(PeopleRoom.Email, PeopleRoom.Password));
        Assert.Null(await _room.TryAsync(" ADA@Example.TEST ", PeopleRoom.Password));
        Assert.Equal(Reasons.SignInFailed, await _room.TryAsync(PeopleRoom.Email, PeopleRoom.Password.ToUpperInvariant()));
    }

    [Fact, Trait("check", "A-80"), Trait("check", "LS-06")]
    public async Task Unknown_wrong_and_disabled_cost_the_same_and_sound_the_same()
    {
        var bob = await _room.AddUserAsync("bob@example.test");
        await _room.Accounts.UpdateAsync(bob.Id, null, false, "test", PeopleRoom.Ct);
        var told = new List<(long Hashes, int Rows, string Sentence)>();
        foreach (var (email, password) in new[]
        {
            (PeopleRoom.Email, Wrong), ("nobody@example.test", Wrong), ("bob@example.test", Wrong), ("bob@example.test", PeopleRoom.Password),
        })
        {
            await _room.TryAsync("warm-up@example.test", Wrong); // the hash of nobody is made once
            await using var db = _room.Open();
            await db.SignInAttempts.ExecuteDeleteAsync(PeopleRoom.Ct);
            var before = _room.Hasher.Computed;
            var reason = await _room.TryAsync(email, password);
            told.Add((_room.Hasher.Computed - before, await db.SignInAttempts.CountAsync(PeopleRoom.Ct), reason!.Person));
        }

        Assert.All(told, each => Assert.Equal((1L, 3, Reasons.SignInFailed.Person), each));
    }

    [Fact, Trait("check", "A-81"), Trait("check", "LS-04")]
    public async Task After_five_wrong_passwords_the_account_is_slowed_from_any_address()
    {
        await FailAsync(5, new TestVisitor("203.0.113.7"));

        Assert.Equal(Reasons.SignInThrottled, await _room.TryAsync(PeopleRoom.Email, PeopleRoom.Password, new TestVisitor("203.0.113.7")));
        Assert.Equal(Reasons.SignInThrottled, await _room.TryAsync(PeopleRoom.Email, PeopleRoom.Password, new TestVisitor("198.51.100.9")));
    }

    [Fact, Trait("check", "LS-04")]
    public async Task A_hundred_guesses_hash_only_a_few_passwords_and_lock_nobody_out()
    {
        var stranger = new TestVisitor("203.0.113.7");
        var before = _room.Hasher.Computed;
        for (var i = 0; i < 100; i++)
        {
            await _room.TryAsync(PeopleRoom.Email, Wrong, stranger);
        }

        Assert.Equal(5, _room.Hasher.Computed - before);
        _room.Time.Advance(TimeSpan.FromMinutes(1)); // the longest that a stranger elsewhere can make the owner wait
        Assert.Null(await _room.TryAsync(PeopleRoom.Email, PeopleRoom.Password, new TestVisitor("198.51.100.9")));
    }

    [Fact, Trait("check", "A-81")]
    public async Task A_browser_that_signed_in_before_is_not_held_up_by_strangers()
    {
        var owner = await _room.SignedInAsync(_ada);
        await FailAsync(5, new TestVisitor("203.0.113.7"));

        Assert.Null(await _room.TryAsync(PeopleRoom.Email, PeopleRoom.Password, owner));
    }

    [Fact]
    public async Task A_browser_that_signed_in_before_has_a_limit_of_its_own()
    {
        var owner = await _room.SignedInAsync(_ada);
        await FailAsync(5, owner);

        Assert.Equal(Reasons.SignInThrottled, await _room.TryAsync(PeopleRoom.Email, PeopleRoom.Password, owner));
        Assert.Null(await _room.TryAsync(PeopleRoom.Email, PeopleRoom.Password, new TestVisitor()));
    }

    [Fact]
    public async Task What_makes_a_browser_known_for_one_person_does_nothing_for_another()
    {
        await _room.AddUserAsync("bob@example.test");
        var bobs = new TestVisitor("198.51.100.9");
        await _room.SignedInAsync(_ada, bobs);
        await FailAsync(5, new TestVisitor("203.0.113.7"), "bob@example.test");

        Assert.Equal(Reasons.SignInThrottled, await _room.TryAsync("bob@example.test", PeopleRoom.Password, bobs));
    }

    [Fact, Trait("check", "A-81")]
    public async Task Another_person_behind_the_same_address_can_sign_in()
    {
        await _room.AddUserAsync("bob@example.test");
        await FailAsync(5, new TestVisitor("203.0.113.7"));

        Assert.Null(await _room.TryAsync("bob@example.test", PeopleRoom.Password, new TestVisitor("203.0.113.7")));
    }

    [Fact]
    public async Task The_wait_grows_and_has_a_bound()
    {
        var visitor = new TestVisitor();
        var waits = new List<double>();
        for (var i = 0; i < 14; i++)
        {
            await FailAsync(1, visitor);
            (await _room.SignIn.CheckAsync(PeopleRoom.Email, Wrong, visitor.Request(), PeopleRoom.Ct)).Ok(out _, out var refusal);
            waits.Add(refusal!.RetryAfter?.TotalSeconds ?? 0);
            _room.Time.Advance(refusal.RetryAfter ?? TimeSpan.Zero);
        }

        // The second look at each of the first four is a wrong password, too.
        Assert.Equal([0, 0], waits.Take(2));
        Assert.Equal([5, 10, 20, 40, 80, 160, 320, 640, 900, 900], waits.SkipWhile(w => w == 0).Take(10));
    }

    [Fact]
    public async Task Waiting_is_not_prolonged_by_trying()
    {
        await FailAsync(5, new TestVisitor());
        for (var i = 0; i < 20; i++)
        {
            await _room.TryAsync(PeopleRoom.Email, Wrong);
        }

        _room.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(await _room.TryAsync(PeopleRoom.Email, PeopleRoom.Password));
    }

    [Fact]
    public async Task The_right_password_clears_the_count()
    {
        await FailAsync(4, new TestVisitor());
        Assert.Null(await _room.TryAsync(PeopleRoom.Email, PeopleRoom.Password));
        await FailAsync(4, new TestVisitor());

        Assert.Null(await _room.TryAsync(PeopleRoom.Email, PeopleRoom.Password));
    }

    [Fact, Trait("check", "LS-04")]
    public async Task Guesses_sent_at_once_do_not_pass_before_the_first_is_counted()
    {
        var before = _room.Hasher.Computed;
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _room.TryAsync(PeopleRoom.Email, Wrong)));

        Assert.Equal(5, _room.Hasher.Computed - before);
    }

    [Fact, Trait("check", "PX-06")]
    public async Task One_network_is_one_count_however_its_address_is_written()
    {
        string[] spellings = ["2001:db8:1:2::1", "2001:DB8:1:2:ffff::7", "2001:0db8:0001:0002:aaaa:bbbb:cccc:dddd"];
        await SprayAsync(20, i => spellings[i % spellings.Length]);

        Assert.Equal(Reasons.SignInThrottled, await _room.TryAsync(PeopleRoom.Email, PeopleRoom.Password, new TestVisitor("2001:db8:1:2:9::9")));
        Assert.Null(await _room.TryAsync(PeopleRoom.Email, PeopleRoom.Password, new TestVisitor("2001:db8:1:3::1")));
    }

    [Fact, Trait("check", "PX-06")]
    public async Task An_address_mapped_into_IPv6_is_the_address()
    {
        await SprayAsync(20, i => i % 2 == 0 ? "::ffff:203.0.113.7" : "203.0.113.7");

        Assert.Equal(Reasons.SignInThrottled, await _room.TryAsync(PeopleRoom.Email, PeopleRoom.Password, new TestVisitor("203.0.113.7")));
        Assert.Null(await _room.TryAsync(PeopleRoom.Email, PeopleRoom.Password, new TestVisitor("203.0.113.8")));
    }

    [Fact]
    public async Task Behind_an_unknown_proxy_nobody_is_limited_by_address_but_accounts_are()
    {
        for (var i = 0; i < 25; i++)
        {
            await _room.SignIn.CheckAsync($"somebody-{i}@example.test", Wrong, Behind(), PeopleRoom.Ct);
        }

        Assert.True((await _room.SignIn.CheckAsync(PeopleRoom.Email, PeopleRoom.Password, Behind(), PeopleRoom.Ct)).Ok(out _, out _));
        for (var i = 0; i < 5; i++)
        {
            await _room.SignIn.CheckAsync(PeopleRoom.Email, Wrong, Behind(), PeopleRoom.Ct);
        }

        Assert.False((await _room.SignIn.CheckAsync(PeopleRoom.Email, PeopleRoom.Password, Behind(), PeopleRoom.Ct)).Ok(out _, out var refusal));
        Assert.Equal(Reasons.SignInThrottled, refusal!.Reason);

        static Microsoft.AspNetCore.Http.HttpContext Behind() => new TestVisitor("127.0.0.1").Request(("X-Forwarded-For", "203.0.113.7"));
    }

    [Fact, Trait("check", "LS-21")]
    public async Task A_long_password_is_refused_before_anything_is_hashed()
    {
        var megabyte = new string('x', 1024 * 1024);
        var before = _room.Hasher.Computed;
        var reasons = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => _room.TryAsync(PeopleRoom.Email, megabyte)));

        Assert.All(reasons, reason => Assert.Equal(Reasons.SignInFailed, reason));
        Assert.Equal(before, _room.Hasher.Computed);
        Assert.Null(await _room.TryAsync(PeopleRoom.Email, PeopleRoom.Password));
    }

    [Fact, Trait("check", "LS-21")]
    public void A_full_queue_turns_people_away()
    {
        var queue = _room.Get<HashQueue>();
        var places = Enumerable.Range(0, HashQueue.Places).Select(_ => queue.TryTake()!).ToList();
        Assert.DoesNotContain(null, places);

        Assert.Null(queue.TryTake());
        places[0].Dispose();
        places[0].Dispose(); // twice is once
        Assert.NotNull(queue.TryTake());
        Assert.Null(queue.TryTake());
    }

    [Fact]
    public async Task Whoever_finds_the_queue_full_is_told_when_to_come_back()
    {
        var queue = _room.Get<HashQueue>();
        var places = Enumerable.Range(0, HashQueue.Places).Select(_ => queue.TryTake()!).ToList();

        (await _room.SignIn.CheckAsync(PeopleRoom.Email, PeopleRoom.Password, new TestVisitor().Request(), PeopleRoom.Ct)).Ok(out _, out var refusal);

        Assert.Equal(Reasons.SignInBusy, refusal!.Reason);
        Assert.True(refusal.RetryAfter > TimeSpan.Zero);
        places.ForEach(p => p.Dispose());
    }

    [Fact]
    public async Task What_was_typed_stands_nowhere_in_the_counts()
    {
        await _room.TryAsync("my-password-in-the-wrong-field@example.test", Wrong);
        await using var db = _room.Open();

        var plain = System.Security.Cryptography.SHA256.HashData(
            "sign-in:account:MY-PASSWORD-IN-THE-WRONG-FIELD@EXAMPLE.TEST"u8);
        Assert.All(await db.SignInAttempts.ToListAsync(PeopleRoom.Ct), a => Assert.NotEqual(plain, a.Key));
    }

    private async Task FailAsync(int times, TestVisitor visitor, string email = PeopleRoom.Email)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.Equal(Reasons.SignInFailed, await _room.TryAsync(email, Wrong, visitor));
        }
    }

    private async Task SprayAsync(int times, Func<int, string> address)
    {
        for (var i = 0; i < times; i++)
        {
            var email = string.Create(CultureInfo.InvariantCulture, $"somebody-{i}@example.test");
            Assert.Equal(Reasons.SignInFailed, await _room.TryAsync(email, Wrong, new TestVisitor(address(i))));
        }
    }
}
