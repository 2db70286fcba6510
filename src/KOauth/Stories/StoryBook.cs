using System.Text.Json;
using KOauth.Hosting;
using Microsoft.Data.Sqlite;

namespace KOauth.Stories;

/// <summary>Reads stories: the newest of all or of one client, and one from beginning to end.</summary>
internal sealed class StoryBook(KOauthSettings settings)
{
    /// <summary>Nobody reads more at once, and a reader that holds on keeps the file from being tidied.</summary>
    public const int Most = 1000;

    private const string Columns = "id, story, at, last_at, times, name, message, reason, client, user, resource, address, details";

    public IReadOnlyList<StorySummary> Newest(string? clientId, DateTimeOffset? since, int count) => Read(
        $"""
        select reference, began_at, last_at, client, user, resource, last_event, last_reason, connected from stories
        where {(clientId is null ? "true" : "client = $client")} and last_at >= $since order by last_at desc limit $count
        """,
        row => new StorySummary(row.GetString(0), Instant(row, 1), Instant(row, 2), Text(row, 3), Text(row, 4), Text(row, 5),
            row.GetString(6), Text(row, 7), row.GetInt64(8) == 1),
        ("$client", clientId), ("$since", since?.ToUnixTimeMilliseconds() ?? 0), ("$count", Math.Min(count, Most)));

    public StorySummary? Find(string reference) => Read(
        "select reference, began_at, last_at, client, user, resource, last_event, last_reason, connected from stories where reference = $story",
        row => new StorySummary(row.GetString(0), Instant(row, 1), Instant(row, 2), Text(row, 3), Text(row, 4), Text(row, 5),
            row.GetString(6), Text(row, 7), row.GetInt64(8) == 1),
        ("$story", reference)).SingleOrDefault();

    /// <summary>The events of one story in order; of a very long one the last.</summary>
    public IReadOnlyList<StoryEvent> Events(string reference) =>
        [.. Read($"select {Columns} from events where story = $story order by id desc limit {Most}", Event, ("$story", reference)).OrderBy(e => e.Id).Select(e => e.Event)];

    /// <summary>What was refused last for a client.</summary>
    public StoryEvent? LastRefusal(string clientId, DateTimeOffset? since) => Read(
        $"select {Columns} from events where story in (select reference from stories where client = $client and last_at >= $since order by last_at desc limit 50) and reason is not null order by id desc limit 1",
        Event, ("$client", clientId), ("$since", since?.ToUnixTimeMilliseconds() ?? 0)).SingleOrDefault().Event;

    /// <summary>What happened after a position, with the new position; begins with <see cref="Position"/>.</summary>
    public IReadOnlyList<(long Id, StoryEvent Event)> After(long position) =>
        Read($"select {Columns} from events where id > $position order by id limit {Most}", Event, ("$position", position));

    public long Position() => Read("select coalesce(max(id), 0) from events", row => row.GetInt64(0)).SingleOrDefault();

    private List<T> Read<T>(string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var connection = StoryFile.OpenToRead(settings.StoriesFile);
        var rows = new List<T>();
        if (connection is null)
        {
            return rows;
        }

        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    private static (long Id, StoryEvent Event) Event(SqliteDataReader row) => (row.GetInt64(0), new StoryEvent(
        row.GetString(1), Instant(row, 2), row.GetString(5), row.GetString(6), Text(row, 7), Text(row, 8), Text(row, 9), Text(row, 10), Text(row, 11),
        Text(row, 12) is { } details ? [.. JsonSerializer.Deserialize<string[][]>(details)!.Select(d => KeyValuePair.Create(d[0], d[1]))] : [])
    { LastAt = Instant(row, 3), Times = row.GetInt32(4) });

    private static DateTimeOffset Instant(SqliteDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
