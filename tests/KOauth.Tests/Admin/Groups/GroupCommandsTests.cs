using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Admin.Groups;

public sealed class GroupCommandsTests : IDisposable
{
    private const string Notes = "https://notes.example";

    private readonly CommandLine _koauth = CommandLine.WithDatabase();

    public void Dispose() => _koauth.Dispose();

    [Fact]
    [Trait("check", "AD-14")]
    public async Task A_group_is_made_filled_shown_emptied_and_deleted_and_each_step_is_written_down()
    {
        await PeopleAsync("ada", "bob");
        Assert.Contains("koauth group create NAME", (await _koauth.TypeAsync("group list")).Output, StringComparison.Ordinal);

        Assert.Equal(0, (await _koauth.TypeAsync("group create editors")).ExitCode);
        Assert.Contains("Now in editors: ada@example.test, bob@example.test", (await _koauth.TypeAsync("group add editors ADA@example.test bob@example.test")).Output, StringComparison.Ordinal);
        Assert.Contains("Nothing to change", (await _koauth.TypeAsync("group add editors ada@example.test")).Output, StringComparison.Ordinal);
        await _koauth.TypeAsync($"resource register {Notes} --allow group:editors");
        Assert.Matches("editors +2 ", (await _koauth.TypeAsync("group list")).Output);

        var shown = (await _koauth.TypeAsync("group show editors --json")).Json;
        Assert.Equal(["ada@example.test", "bob@example.test"], shown.GetProperty("members").EnumerateArray().Select(m => m.GetString()!));
        Assert.Equal(Notes, shown.GetProperty("resources")[0].GetString());

        Assert.Contains("No longer in editors: bob@example.test", (await _koauth.TypeAsync("group remove editors bob@example.test")).Output, StringComparison.Ordinal);
        Assert.Contains($"Taken off the list of: {Notes}", (await _koauth.TypeAsync("group delete editors")).Output, StringComparison.Ordinal);
        var audit = await _koauth.InDatabaseAsync(db => db.Audit.OrderBy(a => a.Id).Select(a => a.Action).ToListAsync());
        Assert.Equal(
            ["user.created", "user.created", "group.created", "group.member_added", "group.member_added", "resource.registered", "group.member_removed", "resource.updated", "group.deleted"],
            audit);
    }

    [Fact]
    public async Task A_resource_whose_only_group_is_deleted_is_open_to_nobody_and_a_group_of_the_same_name_gets_nothing()
    {
        await PeopleAsync("ada");
        await _koauth.TypeAsync("group create editors");
        await _koauth.TypeAsync($"resource register {Notes} --allow group:editors");
        await _koauth.TypeAsync("group delete editors");
        await _koauth.TypeAsync("group create editors");
        await _koauth.TypeAsync("group add editors ada@example.test");

        Assert.Matches("Who may use it +nobody", (await _koauth.TypeAsync($"resource show {Notes}")).Output);
        Assert.Empty((await _koauth.TypeAsync("group show editors --json")).Json.GetProperty("resources").EnumerateArray());
    }

    [Fact]
    public async Task Lists_are_shown_in_words_and_kept_as_ids()
    {
        await PeopleAsync("ada");
        await _koauth.TypeAsync("group create editors");
        await _koauth.TypeAsync($"resource register {Notes}");

        var changed = await _koauth.TypeAsync($"resource update {Notes} --allow ada@example.test,group:editors");

        Assert.Equal(
            $"""
            Changed {Notes}.
              Who may use it, old  everyone
              Who may use it, new  ada@example.test
                                   group:editors

            """,
            changed.Output);
        Assert.All((await _koauth.InDatabaseAsync(db => db.Resources.SingleAsync())).Allow!, a => Assert.Matches(@"^(user:[0-9a-f-]{36}|group:\d+)$", a));
        await _koauth.TypeAsync($"resource update {Notes} --name Notes");
        Assert.Equal(2, (await _koauth.TypeAsync($"resource show {Notes} --json")).Json.GetProperty("allow").GetArrayLength());
        await _koauth.TypeAsync($"resource update {Notes} --allow nobody");
        Assert.Empty((await _koauth.InDatabaseAsync(db => db.Resources.SingleAsync())).Allow!);
    }

    [Theory]
    [InlineData("group create Editors", "group_invalid")]
    [InlineData("group create \"a b\"", "group_invalid")]
    [InlineData("group create -x", null)]
    [InlineData("group create taken", "group_taken")]
    [InlineData("group show gone", "group_unknown")]
    [InlineData("group delete gone", "group_unknown")]
    [InlineData("group add gone ada@example.test", "group_unknown")]
    [InlineData("group add taken ada@example.test nobody@example.test", "user_unknown")]
    [InlineData("resource update https://notes.example --allow ada@example.test,nobody@example.test", "user_unknown")]
    [InlineData("resource update https://notes.example --allow group:gone", "group_unknown")]
    [InlineData("resource update https://notes.example --allow everyone,ada@example.test", "resource_invalid")]
    [InlineData("resource update https://notes.example --allow user:00000000-0000-0000-0000-000000000000", "user_unknown")]
    [InlineData("resource update https://notes.example --allow ada@example.test,", null)]
    public async Task A_slip_changes_nothing(string line, string? reason)
    {
        await PeopleAsync("ada");
        await _koauth.TypeAsync("group create taken");
        await _koauth.TypeAsync($"resource register {Notes}");
        var before = await _koauth.InDatabaseAsync(db => db.Audit.CountAsync());

        var refused = await _koauth.TypeAsync(line);

        Assert.Equal(reason is null ? 2 : 1, refused.ExitCode);
        Assert.Contains(reason is null ? "" : $"({reason})", refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, await _koauth.InDatabaseAsync(db => db.Audit.CountAsync()));
        Assert.Equal(0, await _koauth.InDatabaseAsync(db => db.GroupMembers.CountAsync()));
    }

    private async Task PeopleAsync(params string[] names)
    {
        foreach (var name in names)
        {
            _koauth.Input = "quiet maple harbour lantern\n";
            Assert.Equal(0, (await _koauth.TypeAsync($"user create {name}@example.test --password-stdin")).ExitCode);
        }
    }
}
