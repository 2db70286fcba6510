using KOauth.People;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.People;

public sealed class SessionsTests : IAsyncLifetime
{
    private const string Cookie = "__Host-koauth";

    private readonly PeopleRoom _room = new();
    private User _ada = null!;

    public async ValueTask InitializeAsync() => _ada = await _room.AddUserAsync();

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task Whoever_signed_in_is_found_by_the_cookie()
    {
        var visitor = await _room.SignedInAsync(_ada);

        var who = await _room.WhoAsync(visitor);

        Assert.Equal(new SignedIn(_ada.Id, PeopleRoom.Email, null, false, 0, _room.Time.GetUtcNow()), who);
        Assert.Null(await _room.WhoAsync(new TestVisitor()));
    }

    [Fact, Trait("check", "LS-07")]
    public async Task Cookies_of_an_https_issuer_are_host_bound_and_hidden_from_scripts()
    {
        var http = new TestVisitor().Request();
        await _room.Sessions.StartAsync(http, _ada, PeopleRoom.Ct);
        _room.Get<BrowserCookie>().Ensure(http);

        var cookies = http.Response.Headers.SetCookie.ToArray();
        Assert.Equal(["__Host-koauth", "__Host-koauth-known", "__Host-koauth-browser"], cookies.Select(c => c!.Split('=')[0]));
        Assert.All(cookies, cookie =>
        {
            Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; path=/;", cookie + ";", StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("domain", cookie, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact, Trait("check", "LS-07")]
    public async Task Cookies_of_a_loopback_issuer_carry_the_port_instead()
    {
        await using var room = new PeopleRoom("http://localhost:3000");
        var http = new TestVisitor().Request();
        await room.Sessions.StartAsync(http, await room.AddUserAsync(), PeopleRoom.Ct);

        var cookie = http.Response.Headers.SetCookie[0]!;
        Assert.StartsWith("koauth-3000=", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact, Trait("check", "LS-01")]
    public async Task Signing_in_again_makes_a_new_value_and_the_old_one_worthless()
    {
        var visitor = await _room.SignedInAsync(_ada);
        var copy = new TestVisitor();
        copy.Cookies[Cookie] = visitor.Cookies[Cookie];
        Assert.NotNull(await _room.WhoAsync(copy));

        await _room.SignedInAsync(_ada, visitor);

        Assert.NotEqual(copy.Cookies[Cookie], visitor.Cookies[Cookie]);
        Assert.Null(await _room.WhoAsync(copy));
        Assert.NotNull(await _room.WhoAsync(visitor));
    }

    [Fact, Trait("check", "LS-01")]
    public async Task A_value_that_was_there_before_is_not_taken_over()
    {
        var visitor = new TestVisitor();
        visitor.Cookies[Cookie] = new string('A', 43);

        await _room.SignedInAsync(_ada, visitor);

        Assert.NotEqual(new string('A', 43), visitor.Cookies[Cookie]);
    }

    [Fact, Trait("check", "LS-08")]
    public async Task A_copied_cookie_is_worth_nothing_after_signing_out()
    {
        var visitor = await _room.SignedInAsync(_ada);
        Assert.NotNull(await _room.WhoAsync(visitor));
        var request = visitor.Request();

        await _room.Sessions.EndAsync(request, PeopleRoom.Ct);

        Assert.Null(await _room.WhoAsync(visitor));
        visitor.Keep(request.Response);
        Assert.DoesNotContain(Cookie, visitor.Cookies);
    }

    [Fact, Trait("check", "LS-10")]
    public async Task An_idle_session_ends()
    {
        var visitor = await _room.SignedInAsync(_ada);
        _room.Time.Advance(Sessions.Idle - TimeSpan.FromMinutes(1));
        Assert.NotNull(await _room.WhoAsync(visitor));
        await _room.Sessions.WriteSeenAsync(PeopleRoom.Ct);

        _room.Time.Advance(Sessions.Idle - TimeSpan.FromMinutes(1));
        Assert.NotNull(await _room.WhoAsync(visitor)); // it was seen in between

        await _room.Sessions.WriteSeenAsync(PeopleRoom.Ct);
        _room.Time.Advance(Sessions.Idle);
        Assert.Null(await _room.WhoAsync(visitor));
    }

    [Fact, Trait("check", "LS-10")]
    public async Task A_session_used_every_day_ends_all_the_same()
    {
        var visitor = await _room.SignedInAsync(_ada);
        var end = _room.Time.GetUtcNow() + Sessions.Absolute;
        while (_room.Time.GetUtcNow() < end - TimeSpan.FromDays(1))
        {
            _room.Time.Advance(TimeSpan.FromDays(1));
            Assert.NotNull(await _room.WhoAsync(visitor));
            await _room.Sessions.WriteSeenAsync(PeopleRoom.Ct);
        }

        _room.Time.Advance(TimeSpan.FromDays(1));
        Assert.Null(await _room.WhoAsync(visitor));
    }

    [Fact]
    public async Task Being_seen_is_written_down_once_in_ten_minutes()
    {
        var visitor = await _room.SignedInAsync(_ada);
        var signedIn = _room.Time.GetUtcNow();
        _room.Time.Advance(TimeSpan.FromMinutes(9));
        await _room.WhoAsync(visitor);
        await _room.Sessions.WriteSeenAsync(PeopleRoom.Ct);
        Assert.Equal(signedIn, await LastSeenAsync());

        _room.Time.Advance(TimeSpan.FromMinutes(1));
        await _room.WhoAsync(visitor);
        await _room.Sessions.WriteSeenAsync(PeopleRoom.Ct);
        Assert.Equal(signedIn + TimeSpan.FromMinutes(10), await LastSeenAsync());
    }

    [Fact, Trait("check", "LS-15")]
    public async Task Two_cookies_of_one_name_are_none()
    {
        var visitor = await _room.SignedInAsync(_ada);
        var planted = visitor.Request();
        planted.Request.Headers.Cookie = $"{Cookie}={new string('A', 43)}; {planted.Request.Headers.Cookie}";
        Assert.Null(await _room.Sessions.FindAsync(planted, PeopleRoom.Ct));

        planted.Request.Headers.Cookie = new([$"{Cookie}={visitor.Cookies[Cookie]}", $"{Cookie}={visitor.Cookies[Cookie]}"]);
        Assert.Null(await _room.Sessions.FindAsync(planted, PeopleRoom.Ct));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!")]
    public async Task A_value_that_is_none_of_ours_is_nobody(string value)
    {
        var visitor = new TestVisitor();
        visitor.Cookies[Cookie] = value;
        Assert.Null(await _room.WhoAsync(visitor));
    }

    [Fact, Trait("check", "LS-22")]
    public async Task A_disabled_person_is_out_at_the_next_request()
    {
        var visitor = await _room.SignedInAsync(_ada);
        Assert.NotNull(await _room.WhoAsync(visitor));

        await _room.Accounts.UpdateAsync(_ada.Id, null, false, "test", PeopleRoom.Ct);
        Assert.Null(await _room.WhoAsync(visitor));

        await _room.Accounts.UpdateAsync(_ada.Id, null, true, "test", PeopleRoom.Ct);
        Assert.Null(await _room.WhoAsync(visitor)); // what was ended stays ended
    }

    [Fact, Trait("check", "LS-22")]
    public async Task A_person_disabled_by_a_command_is_out_within_a_second()
    {
        var visitor = await _room.SignedInAsync(_ada);
        Assert.NotNull(await _room.WhoAsync(visitor));
        await using (var db = _room.Open()) // another process: nobody tells this one
        {
            await using var write = await db.BeginWriteAsync(PeopleRoom.Ct);
            await db.Users.ExecuteUpdateAsync(u => u.SetProperty(x => x.IsDisabled, true), PeopleRoom.Ct);
            await write.CommitAsync(PeopleRoom.Ct);
        }

        _room.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await _room.WhoAsync(visitor));
    }

    [Fact]
    public async Task The_row_holds_no_cookie()
    {
        var visitor = await _room.SignedInAsync(_ada);
        await using var db = _room.Open();
        var session = await db.Sessions.SingleAsync(PeopleRoom.Ct);

        Assert.Equal(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(visitor.Cookies[Cookie])), session.Hash);
    }

    [Fact, Trait("check", "A-87")]
    public async Task What_has_run_out_is_deleted()
    {
        await _room.SignedInAsync(_ada);
        await _room.TryAsync(PeopleRoom.Email, "not the right password");
        await _room.Get<SetupLinks>().CreateAsync("test", PeopleRoom.Ct);
        await using var db = _room.Open();
        await _room.Get<PeopleSweep>().SweepAsync(PeopleRoom.Ct);
        Assert.Equal((1, 3, 1), await CountsAsync());

        _room.Time.Advance(Sessions.Idle);
        await _room.Get<PeopleSweep>().SweepAsync(PeopleRoom.Ct);
        Assert.Equal((0, 0, 0), await CountsAsync());

        async Task<(int, int, int)> CountsAsync() => (
            await db.Sessions.CountAsync(PeopleRoom.Ct), await db.SignInAttempts.CountAsync(PeopleRoom.Ct), await db.SetupLinks.CountAsync(PeopleRoom.Ct));
    }

    [Fact]
    public async Task The_address_of_a_sign_in_is_forgotten_after_a_month()
    {
        var visitor = await _room.SignedInAsync(_ada);
        for (var day = 0; day < 30; day++)
        {
            _room.Time.Advance(TimeSpan.FromDays(1));
            await _room.WhoAsync(visitor);
            await _room.Sessions.WriteSeenAsync(PeopleRoom.Ct);
        }

        await _room.Get<PeopleSweep>().SweepAsync(PeopleRoom.Ct);

        await using var db = _room.Open();
        Assert.Null((await db.Sessions.SingleAsync(PeopleRoom.Ct)).Address);
    }

    [Fact]
    public void A_form_of_no_flow_is_proved_by_the_browsers_cookie()
    {
        var browser = _room.Get<BrowserCookie>();
        var visitor = new TestVisitor();
        var shown = visitor.Request();
        var proof = browser.FormProof(shown);
        visitor.Keep(shown.Response);

        Assert.True(browser.Proves(visitor.Request(), proof));
        Assert.False(browser.Proves(visitor.Request(), null));
        Assert.False(browser.Proves(visitor.Request(), "x"));
        Assert.False(browser.Proves(new TestVisitor().Request(), proof));
        var other = new TestVisitor();
        var otherShown = other.Request();
        browser.Ensure(otherShown);
        other.Keep(otherShown.Response);
        Assert.False(browser.Proves(other.Request(), proof));
    }

    [Fact]
    public void A_browser_keeps_its_cookie()
    {
        var browser = _room.Get<BrowserCookie>();
        var visitor = new TestVisitor();
        var first = visitor.Request();
        var hash = browser.Ensure(first);
        Assert.Equal(hash, browser.Ensure(first)); // one cookie a request
        visitor.Keep(first.Response);

        Assert.Equal(hash, browser.Ensure(visitor.Request()));
        Assert.Equal(hash, browser.Read(visitor.Request()));
        Assert.Null(browser.Read(new TestVisitor().Request()));
    }

    private async Task<DateTimeOffset> LastSeenAsync()
    {
        await using var db = _room.Open();
        return (await db.Sessions.SingleAsync(PeopleRoom.Ct)).LastSeenAt;
    }
}
