using KOauth.Data;
using KOauth.People;
using KOauth.Resources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.Grants;

/// <summary>Who may use a resource, asked before consent, at the code and at every refresh.</summary>
public sealed class AccessTests
{
    private const string Alice = "alice@example.test";

    [Fact]
    public async Task Somebody_who_may_not_use_a_resource_is_told_before_consent_and_may_try_another_account()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddUserAsync("bob@example.test");
        await AllowAsync(koauth, "bob@example.test");
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync(Alice, KOauthApp.Password);

        await browser.OpenAsync(KOauthApp.Issuer + new Flow().Url);

        Assert.Equal("/account/not-allowed", browser.Location.AbsolutePath);
        Assert.Contains("You may not use Notes", browser.Text, StringComparison.Ordinal);
        Assert.Contains(Alice, browser.Text, StringComparison.Ordinal);
        Assert.Equal("user_not_allowed", koauth.Told[^1].Reason);
        Assert.Equal($"koauth resource update {KOauthApp.NotesUri} --allow bob@example.test,{Alice}", koauth.Told[^1].Fact("fix"));

        await browser.OpenAsync(browser.Page!.QuerySelector("a.button")!.GetAttribute("href")!);
        await browser.SubmitAsync(null, ("email", "bob@example.test"), ("password", KOauthApp.Password));
        Assert.Equal("/account/consent", browser.Location.AbsolutePath);
    }

    [Fact]
    public async Task The_way_back_tells_the_app_no_and_prompt_none_tells_it_at_once()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await AllowAsync(koauth);
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync(Alice, KOauthApp.Password);

        await browser.OpenAsync(KOauthApp.Issuer + new Flow().With("prompt", "none").Url);
        Assert.Equal("access_denied", browser.Carried["error"]);
        Assert.Equal("user_not_allowed", koauth.Told[^1].Reason);

        await browser.OpenAsync(KOauthApp.Issuer + new Flow().Url);
        await browser.SubmitAsync("deny");
        Assert.Equal("access_denied", browser.Carried["error"]);
    }

    [Fact]
    public async Task A_consent_form_of_before_the_restriction_approves_nothing()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        using var browser = koauth.OpenBrowser();
        await browser.SignInAsync(Alice, KOauthApp.Password);
        await browser.OpenAsync(KOauthApp.Issuer + new Flow().Url);
        await AllowAsync(koauth);

        await browser.SubmitAsync("approve");

        Assert.NotNull(browser.Page);
        Assert.Equal("user_not_allowed", koauth.Told[^1].Reason);
    }

    [Fact]
    [Trait("check", "RF-11")]
    public async Task A_restriction_ends_codes_and_connections_of_those_outside_and_no_others()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var alice = await koauth.UserAsync(Alice);
        var tokens = await koauth.ConnectAsync();
        using var browser = koauth.OpenBrowser();
        var flow = new Flow();
        var code = await browser.CodeAsync(flow);

        await koauth.ChangeAsync(async db =>
        {
            db.Groups.Add(new Group { Name = "editors", CreatedAt = koauth.Clock.GetUtcNow() });
            await db.SaveChangesAsync();
            (await db.Resources.SingleAsync()).Allow = [AllowList.Group((await db.Groups.SingleAsync()).Key)];
        });

        Assert.Equal("invalid_grant", (await koauth.RedeemAsync(flow, code)).Error);
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(tokens.RefreshToken!)).Error);
        Assert.Equal("grant_not_allowed", koauth.Told[^1].Reason);
        Assert.Equal($"koauth group add editors {Alice}", koauth.Told[^1].Fact("fix"));

        await koauth.ChangeAsync(async db => db.GroupMembers.Add(new GroupMember { GroupKey = (await db.Groups.SingleAsync()).Key, UserId = alice.Id }));
        Assert.Null((await koauth.RefreshAsync(tokens.RefreshToken!)).Error); // nothing was consumed
        Assert.Null((await koauth.RedeemAsync(flow, code)).Error);
    }

    [Fact]
    public async Task What_a_command_in_another_process_changes_is_felt_within_a_second()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        await koauth.AddUserAsync("bob@example.test");
        var tokens = await koauth.ConnectAsync();
        using var shell = new CommandLine();
        shell.Environment["KOAUTH_DATA"] = koauth.DataDirectory;
        shell.Environment["KOAUTH_ISSUER"] = KOauthApp.Issuer;

        await TypeAsync("group create editors");
        await TypeAsync($"resource update {KOauthApp.NotesUri} --allow group:editors");
        await koauth.Services.GetRequiredService<ConfigPoll>().LookAsync(TestContext.Current.CancellationToken); // twice a second by itself
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(tokens.RefreshToken!)).Error);

        await TypeAsync($"group add editors {Alice}");
        Assert.Null((await koauth.RefreshAsync(tokens.RefreshToken!)).Error); // nobody was told: membership is read each time

        await TypeAsync($"group remove editors {Alice}");
        Assert.Equal("invalid_grant", (await koauth.RefreshAsync(tokens.RefreshToken!)).Error);

        async Task TypeAsync(string line)
        {
            var done = await shell.TypeAsync(line);
            Assert.True(done.ExitCode == 0, done.Error);
        }
    }

    [Fact]
    public async Task Of_refreshes_sent_at_once_none_that_begins_after_the_restriction_gets_through()
    {
        await using var koauth = await KOauthApp.StartReadyAsync();
        var tokens = await koauth.ConnectAsync();
        using var together = new Barrier(9);

        var restricting = Task.Run(async () =>
        {
            together.SignalAndWait();
            await AllowAsync(koauth);
        }, TestContext.Current.CancellationToken);
        var racing = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            together.SignalAndWait();
            return await koauth.RefreshAsync(tokens.RefreshToken!);
        }, TestContext.Current.CancellationToken)).ToList();
        await restricting;
        var late = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => koauth.RefreshAsync(tokens.RefreshToken!)));
        var replies = await Task.WhenAll(racing);

        Assert.All(late, reply => Assert.Equal("invalid_grant", reply.Error));
        Assert.All(replies, reply => Assert.True(reply.Error is null or "invalid_grant", reply.Error));
    }

    private static Task AllowAsync(KOauthApp koauth, params string[] emails) => koauth.ChangeAsync(async db =>
    {
        var ids = await db.Users.Where(u => emails.Contains(u.Email)).Select(u => u.Id).ToListAsync();
        (await db.Resources.SingleAsync()).Allow = [.. ids.Select(AllowList.User)];
    });
}
