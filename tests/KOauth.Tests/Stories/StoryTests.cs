using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.Tests.Stories;

public sealed class StoryTests : IAsyncDisposable
{
    private readonly StoryShelf _shelf = new();

    public ValueTask DisposeAsync() => _shelf.DisposeAsync();

    [Fact, Trait("check", "A-60")]
    public async Task What_is_told_can_be_read_within_a_second_in_order_with_its_facts()
    {
        var story = _shelf.NewStory("claude-mcp");
        story.Address = "192.0.2.7";
        story.Tell(StoryEvents.AuthorizeReceived, "Authorization request received", ("scope", "mcp"), ("nothing", null));
        story.Tell(StoryEvents.AuthorizeRefused, new Refusal(Reasons.RedirectUriMismatch) { Expected = "https://a/cb", Received = "https://b/cb", Fix = "koauth client update" });
        var before = TimeProvider.System.GetTimestamp();

        await _shelf.WriteAsync();

        Assert.True(TimeProvider.System.GetElapsedTime(before) < TimeSpan.FromSeconds(1));
        var events = _shelf.Book.Events(story.Reference);
        Assert.Equal([StoryEvents.AuthorizeReceived, StoryEvents.AuthorizeRefused], events.Select(e => e.Name));
        Assert.Equal([KeyValuePair.Create("scope", "mcp")], events[0].Details);
        Assert.Equal("redirect_uri_mismatch", events[1].Reason);
        Assert.Equal("https://b/cb", events[1].Fact(StoryEvent.Received));
        Assert.Equal("koauth client update", events[1].Fact(StoryEvent.Fix));
        Assert.All(events, e => Assert.Equal(("claude-mcp", "192.0.2.7", _shelf.Clock.GetUtcNow()), (e.ClientId, e.Address, e.At)));
    }

    [Fact]
    public async Task A_story_continues_where_the_ticket_was_made()
    {
        var first = _shelf.NewStory("claude-mcp");
        first.Tell(StoryEvents.CodeIssued, "Code issued");
        var second = _shelf.NewStory();
        second.Continue(first.Reference);
        second.Resource = "https://mcp.example/mcp";
        second.Tell(StoryEvents.TokenExchanged, "Exchanged");
        await _shelf.WriteAsync();

        var story = Assert.Single(_shelf.Book.Newest(null, null, 10));
        Assert.Equal(("claude-mcp", "https://mcp.example/mcp", true), (story.ClientId, story.Resource, story.Connected));
    }

    [Fact]
    public async Task Refreshes_share_a_line_for_a_day_so_a_long_connection_stays_short()
    {
        var story = _shelf.NewStory("claude-mcp");
        story.Tell(StoryEvents.TokenExchanged, "Exchanged");
        for (var hour = 0; hour < 48; hour++)
        {
            story.Tell(StoryEvents.TokenRefreshed, "Refreshed");
            _shelf.Clock.Advance(TimeSpan.FromHours(1));
        }

        await _shelf.WriteAsync();

        var events = _shelf.Book.Events(story.Reference);
        Assert.Equal(3, events.Count);
        Assert.Equal([1, 24, 24], events.Select(e => e.Times));
        Assert.Equal(events[1].At.AddHours(23), events[1].LastAt);
    }

    [Fact]
    public async Task A_server_that_acts_for_the_person_adds_one_line_and_does_not_take_the_story_over()
    {
        var story = _shelf.NewStory("claude-mcp");
        story.Resource = "https://notes.example/mcp";
        story.Tell(StoryEvents.TokenExchanged, "Exchanged");
        (story.ClientId, story.Resource) = ("notes-server", "https://files.example/mcp");
        for (var call = 0; call < 30; call++)
        {
            story.Tell(StoryEvents.TokenDelegated, "Delegated");
        }

        await _shelf.WriteAsync();

        Assert.Equal([1, 30], _shelf.Book.Events(story.Reference).Select(e => e.Times));
        var summary = _shelf.Book.Find(story.Reference)!;
        Assert.Equal(("claude-mcp", "https://notes.example/mcp", true), (summary.ClientId, summary.Resource, summary.Connected));
    }

    [Fact]
    public async Task The_newest_come_first_and_can_be_narrowed()
    {
        foreach (var client in (string[])["a", "b", "a"])
        {
            _shelf.NewStory(client).Tell(StoryEvents.AuthorizeReceived, "Received");
            _shelf.Clock.Advance(TimeSpan.FromHours(1));
        }

        await _shelf.WriteAsync();

        Assert.Equal(["a", "b", "a"], _shelf.Book.Newest(null, null, 10).Select(s => s.ClientId));
        Assert.Equal(2, _shelf.Book.Newest("a", null, 10).Count);
        Assert.Single(_shelf.Book.Newest(null, _shelf.Clock.GetUtcNow().AddHours(-1), 10));
        Assert.Single(_shelf.Book.Newest(null, null, 1));
    }

    [Fact]
    public async Task What_was_told_before_a_stop_is_there_after_it()
    {
        var story = _shelf.NewStory();
        story.Tell(StoryEvents.AuthorizeReceived, "Received");
        await _shelf.WriteAsync();
        story.Tell(StoryEvents.AuthorizationDenied, "Denied");
        await _shelf.RestartAsync();

        Assert.Equal(StoryEvents.AuthorizationDenied, _shelf.Book.Find(story.Reference)!.LastEvent);
    }

    [Fact]
    public async Task A_full_queue_drops_and_counts_instead_of_waiting()
    {
        var story = _shelf.NewStory();
        for (var i = 0; i < 20_000; i++)
        {
            story.Tell(StoryEvents.LoginFailed, "Failed");
        }

        Assert.InRange(_shelf.Journal.TakeDropped(), 1, 20_000);
        Assert.Equal(0, _shelf.Journal.TakeDropped());
        await _shelf.WriteAsync();
        Assert.NotNull(_shelf.Book.Find(story.Reference));
    }

    [Fact]
    public async Task A_broken_file_is_moved_aside_and_a_new_one_begun()
    {
        await File.WriteAllTextAsync(_shelf.Settings.StoriesFile, new string('x', 8192), TestContext.Current.CancellationToken);
        var story = _shelf.NewStory();
        story.Tell(StoryEvents.AuthorizeReceived, "Received");

        await _shelf.WriteAsync();

        Assert.NotNull(_shelf.Book.Find(story.Reference));
        Assert.True(File.Exists(_shelf.Settings.StoriesFile + ".broken"));
    }

    [Fact]
    public void Without_a_file_there_are_no_stories()
    {
        Assert.Empty(_shelf.Book.Newest(null, null, 10));
        Assert.Null(_shelf.Book.Find("KAAAAAA"));
        Assert.False(File.Exists(_shelf.Settings.StoriesFile));
    }

    [Fact]
    public async Task Only_the_owner_reads_the_file()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        _shelf.NewStory().Tell(StoryEvents.AuthorizeReceived, "Received");
        await _shelf.WriteAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_shelf.Settings.StoriesFile));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_shelf.Settings.StoriesFile + "-wal"));
    }
}
