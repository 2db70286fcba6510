using System.Text.Json;
using KOauth.Data.Sqlite;
using Microsoft.Data.Sqlite;

namespace KOauth.Stories;

/// <summary>The prepared statements of <see cref="StoryWriter"/>: one transaction a batch.</summary>
internal sealed class StoryInserts : IDisposable
{
    private static readonly long _longestRow = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _again;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _story;

    public StoryInserts(SqliteConnection connection)
    {
        _connection = connection;

        // What happens all the time shares a row, at most a day long, so that gaps stay visible.
        _again = new SqliteStatement(connection, """
            update events set times = times + 1, last_at = ?1, address = ?2
            where id = (select max(id) from events where story = ?3) and name = ?4 and reason is null and client is ?5 and at > ?6
            """);
        _insert = new SqliteStatement(connection, """
            insert into events(story, at, last_at, name, message, reason, client, user, resource, address, details)
            values(?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """);
        _story = new SqliteStatement(connection, """
            insert into stories(reference, began_at, last_at, client, user, resource, last_event, last_reason, connected)
            values(?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, coalesce(?8, 0))
            on conflict(reference) do update set last_at = excluded.last_at, client = coalesce(excluded.client, client),
                user = coalesce(excluded.user, user), resource = coalesce(excluded.resource, resource),
                last_event = excluded.last_event, last_reason = excluded.last_reason, connected = coalesce(?8, connected)
            """);
    }

    public void Write(IReadOnlyList<StoryEvent> batch)
    {
        using var transaction = _connection.BeginTransaction();
        foreach (var happened in batch)
        {
            Write(happened);
        }

        transaction.Commit();
    }

    public void Dispose()
    {
        _again.Dispose();
        _insert.Dispose();
        _story.Dispose();
    }

    private void Write(StoryEvent happened)
    {
        var at = happened.At.ToUnixTimeMilliseconds();
        var isAside = happened is { Name: StoryEvents.TokenDelegated or StoryEvents.AssertionIssued, Reason: null };
        var routine = isAside || happened is { Name: StoryEvents.TokenRefreshed, Reason: null };
        if (!routine || !Repeat(happened, at))
        {
            Insert(happened, at);
        }

        _story.Bind(1, happened.Story);
        _story.Bind(2, at);

        // A server that acts in the person's name uses the connection; it does not become that server's.
        Bind(_story, 3, isAside ? null : happened.ClientId);
        Bind(_story, 4, happened.User);
        Bind(_story, 5, isAside ? null : happened.Resource);
        _story.Bind(6, happened.Name);
        Bind(_story, 7, happened.Reason);
        if (Connects(happened) is { } connected)
        {
            _story.Bind(8, connected ? 1 : 0);
        }
        else
        {
            _story.BindNull(8);
        }

        _story.Run();
    }

    private bool Repeat(StoryEvent happened, long at)
    {
        _again.Bind(1, at);
        Bind(_again, 2, happened.Address);
        _again.Bind(3, happened.Story);
        _again.Bind(4, happened.Name);
        Bind(_again, 5, happened.ClientId);
        _again.Bind(6, at - _longestRow);
        return _again.Run() > 0;
    }

    private void Insert(StoryEvent happened, long at)
    {
        _insert.Bind(1, happened.Story);
        _insert.Bind(2, at);
        _insert.Bind(3, happened.Name);
        _insert.Bind(4, happened.Message);
        Bind(_insert, 5, happened.Reason);
        Bind(_insert, 6, happened.ClientId);
        Bind(_insert, 7, happened.User);
        Bind(_insert, 8, happened.Resource);
        Bind(_insert, 9, happened.Address);
        Bind(_insert, 10, happened.Details.Count == 0 ? null : JsonSerializer.Serialize(happened.Details.Select(d => (string[])[d.Key, d.Value])));
        _insert.Run();
    }

    private static bool? Connects(StoryEvent happened) => happened switch
    {
        { Reason: not null } => null,
        { Name: StoryEvents.TokenExchanged or StoryEvents.TokenRefreshed or StoryEvents.AssertionAccepted } => true,
        { Name: StoryEvents.GrantRevoked } => false,
        _ => null,
    };

    private static void Bind(SqliteStatement statement, int position, string? value)
    {
        if (value is null)
        {
            statement.BindNull(position);
        }
        else
        {
            statement.Bind(position, value);
        }
    }
}
