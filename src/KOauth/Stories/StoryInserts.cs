using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace KOauth.Stories;

/// <summary>The prepared statements of <see cref="StoryWriter"/>: one transaction a batch.</summary>
internal sealed class StoryInserts : IDisposable
{
    private static readonly long _longestRow = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _again;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _story;

    public StoryInserts(SqliteConnection connection)
    {
        _connection = connection;

        // What happens all the time shares a row, at most a day long, so that gaps stay visible.
        _again = Prepare("""
            update events set times = times + 1, last_at = $at, address = $address
            where id = (select max(id) from events where story = $story) and name = $name and reason is null and client is $client and at > $since
            """);
        _insert = Prepare("""
            insert into events(story, at, last_at, name, message, reason, client, user, resource, address, details)
            values($story, $at, $at, $name, $message, $reason, $client, $user, $resource, $address, $details)
            """);
        _story = Prepare("""
            insert into stories(reference, began_at, last_at, client, user, resource, last_event, last_reason, connected)
            values($story, $at, $at, $client, $user, $resource, $name, $reason, coalesce($connected, 0))
            on conflict(reference) do update set last_at = excluded.last_at, client = coalesce(excluded.client, client),
                user = coalesce(excluded.user, user), resource = coalesce(excluded.resource, resource),
                last_event = excluded.last_event, last_reason = excluded.last_reason, connected = coalesce($connected, connected)
            """);
    }

    public void Write(IReadOnlyList<StoryEvent> batch)
    {
        using var transaction = _connection.BeginTransaction();
        foreach (var happened in batch)
        {
            Write(happened, transaction);
        }

        transaction.Commit();
    }

    public void Dispose()
    {
        _again.Dispose();
        _insert.Dispose();
        _story.Dispose();
    }

    private void Write(StoryEvent happened, SqliteTransaction transaction)
    {
        var routine = happened is { Name: StoryEvents.TokenRefreshed, Reason: null };
        if (!routine || Run(_again, happened, transaction) == 0)
        {
            Run(_insert, happened, transaction);
        }

        Run(_story, happened, transaction);
    }

    private SqliteCommand Prepare(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in (string[])["$story", "$at", "$name", "$message", "$reason", "$client", "$user", "$resource", "$address", "$details", "$since", "$connected"])
        {
            if (sql.Contains(name, StringComparison.Ordinal))
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = name });
            }
        }

        return command;
    }

    private static int Run(SqliteCommand command, StoryEvent happened, SqliteTransaction transaction)
    {
        command.Transaction = transaction;
        foreach (SqliteParameter parameter in command.Parameters)
        {
            parameter.Value = Value(parameter.ParameterName, happened) ?? DBNull.Value;
        }

        return command.ExecuteNonQuery();
    }

    private static object? Value(string parameter, StoryEvent happened) => parameter switch
    {
        "$story" => happened.Story,
        "$at" => happened.At.ToUnixTimeMilliseconds(),
        "$name" => happened.Name,
        "$message" => happened.Message,
        "$reason" => happened.Reason,
        "$client" => happened.ClientId,
        "$user" => happened.User,
        "$resource" => happened.Resource,
        "$address" => happened.Address,
        "$details" => happened.Details.Count == 0 ? null : JsonSerializer.Serialize(happened.Details.Select(d => (string[])[d.Key, d.Value])),
        "$since" => happened.At.ToUnixTimeMilliseconds() - _longestRow,
        _ => happened.Name switch
        {
            _ when happened.Reason is not null => null,
            StoryEvents.TokenExchanged or StoryEvents.TokenRefreshed => 1,
            StoryEvents.GrantRevoked => 0,
            _ => null,
        },
    };
}
