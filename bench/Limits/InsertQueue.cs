using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace KOauth.Bench.Limits;

/// <summary>The least that makes a row durable for many at once: one thread, one transaction for everybody who waits.</summary>
internal sealed class InsertQueue : IDisposable
{
    private const int MostTogether = 256;

    private readonly BlockingCollection<Insert> _waiting = [];
    private readonly SqliteConnection _connection;
    private readonly Thread _writer;

    public InsertQueue(string file)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString);
        _connection.Open();
        Run("PRAGMA journal_mode=WAL");
        Run("PRAGMA synchronous=FULL");
        Run("create table rows (id blob primary key, content text not null, at integer not null) without rowid");
        _writer = new Thread(Write) { IsBackground = true };
        _writer.Start();
    }

    public Task InsertAsync(string content)
    {
        var insert = new Insert(content, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _waiting.Add(insert);
        return insert.Durable.Task;
    }

    public void Dispose()
    {
        _waiting.CompleteAdding();
        _writer.Join();
        _waiting.Dispose();
        _connection.Dispose();
    }

    private void Write()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "insert into rows (id, content, at) values ($id, $content, $at)";
        var id = command.Parameters.Add("$id", SqliteType.Blob);
        var content = command.Parameters.Add("$content", SqliteType.Text);
        var at = command.Parameters.Add("$at", SqliteType.Integer);
        var batch = new List<Insert>(MostTogether);
        while (_waiting.TryTake(out var first, Timeout.Infinite))
        {
            batch.Add(first);
            while (batch.Count < MostTogether && _waiting.TryTake(out var next))
            {
                batch.Add(next);
            }

            using (var transaction = _connection.BeginTransaction(deferred: false))
            {
                command.Transaction = transaction;
                foreach (var insert in batch)
                {
                    (id.Value, content.Value, at.Value) = (Guid.NewGuid().ToByteArray(), insert.Content, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
                    command.ExecuteNonQuery();
                }

                transaction.Commit();
            }

            batch.ForEach(b => b.Durable.SetResult());
            batch.Clear();
        }
    }

    private void Run(string statement)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    private sealed record Insert(string Content, TaskCompletionSource Durable);
}
