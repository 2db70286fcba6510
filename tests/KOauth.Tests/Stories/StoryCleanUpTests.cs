using KOauth.Stories;

namespace KOauth.Tests.Stories;

public sealed class StoryCleanUpTests
{
    [Fact, Trait("check", "R-49")]
    public async Task Stories_and_addresses_are_forgotten_when_their_time_is_over()
    {
        await using var shelf = new StoryShelf(new StoryLimits(TimeSpan.FromDays(90), TimeSpan.FromDays(30)));
        var old = shelf.NewStory("old");
        old.Tell(StoryEvents.AuthorizeReceived, "Received");
        shelf.Clock.Advance(TimeSpan.FromDays(60));
        var newer = shelf.NewStory("newer");
        newer.Address = "192.0.2.7";
        newer.Tell(StoryEvents.AuthorizeReceived, "Received");
        await shelf.WriteAsync();

        shelf.Clock.Advance(TimeSpan.FromDays(31));
        await shelf.RestartAsync();

        Assert.Null(shelf.Book.Find(old.Reference));
        Assert.Empty(shelf.Book.Events(old.Reference));
        Assert.Null(Assert.Single(shelf.Book.Events(newer.Reference)).Address);
    }

    [Fact, Trait("check", "R-49")]
    public async Task A_flood_of_attempts_that_lead_nowhere_does_not_push_out_connections()
    {
        await using var shelf = new StoryShelf(new StoryLimits(TimeSpan.FromDays(90), TimeSpan.FromDays(30)) { MaxBytes = 256 * 1024 });
        var connection = shelf.NewStory("claude-mcp");
        connection.Tell(StoryEvents.TokenExchanged, "Exchanged");
        await shelf.WriteAsync();
        for (var i = 0; i < 6_000; i++)
        {
            shelf.Clock.Advance(TimeSpan.FromSeconds(1));
            shelf.NewStory().Tell(StoryEvents.TokenRefused, "Refused", ("detail", new string('x', 200)));
        }

        await shelf.WriteAsync();
        await shelf.RestartAsync();
        for (var piece = 0; piece < 100 && Count(shelf) == StoryBook.Most; piece++)
        {
            shelf.NewStory().Tell(StoryEvents.TokenRefused, "Refused");
            await shelf.WriteAsync();
        }

        await shelf.RestartAsync(); // closing the file puts into it what is in the log beside it

        Assert.NotNull(shelf.Book.Find(connection.Reference));
        Assert.InRange(Count(shelf), 100, StoryBook.Most - 1);
        Assert.InRange(new FileInfo(shelf.Settings.StoriesFile).Length, 1, 1024 * 1024);
    }

    private static int Count(StoryShelf shelf) => shelf.Book.Newest(null, null, StoryBook.Most).Count;
}
