using Microsoft.Data.Sqlite;

namespace KOauth.Data.Sqlite;

/// <summary>
/// The one thread that writes grants. It commits whoever waits together: one wait for the disk serves up to 256 requests, and an
/// answer goes out only after it. If a batch fails nobody's request was done, and everybody hears busy. If the thread itself dies
/// the process ends: a server that reads and cannot write would look healthy for ever.
/// </summary>
internal sealed partial class LedgerWriter(
    StoreSettings settings, WriteGate gate, TimeProvider clock, IHostApplicationLifetime? lifetime, ILogger logger) : IDisposable
{
    private const int BatchSize = 256;

    private readonly LedgerQueue _queue = new();
    private readonly Lock _starting = new();
    private readonly LedgerTurn?[] _batch = new LedgerTurn?[BatchSize];
    private Thread? _thread;
    private SqliteConnection? _connection;
    private LedgerStatements? _statements;
    private SqliteStatement? _begin;
    private SqliteStatement? _commit;

    public void Add(LedgerTurn turn)
    {
        if (_thread is null)
        {
            Start();
        }

        if (!_queue.TryAdd(turn))
        {
            turn.AnswerBusy();
        }
    }

    /// <summary>Serves what waits, then stops.</summary>
    public void Dispose()
    {
        _queue.Close();
        lock (_starting)
        {
            _thread?.Join();
        }
    }

    private void Start()
    {
        lock (_starting)
        {
            if (_thread is null)
            {
                var thread = new Thread(Run) { IsBackground = true, Name = "koauth ledger" };
                thread.Start();
                _thread = thread;
            }
        }
    }

    private void Run()
    {
        try
        {
            while (_queue.Wait())
            {
                Serve();
            }
        }
        catch (Exception broken)
        {
            Die(broken);
        }
        finally
        {
            Close();
        }
    }

    private void Serve()
    {
        var count = 0;
        try
        {
            using var pass = gate.Enter();
            count = _queue.Take(_batch!); // after the gate, so that all who came meanwhile are in it
            Write(count);
        }
        catch (Exception broken)
        {
            count = count == 0 ? _queue.Take(_batch!) : count; // 0: the gate did not open
            LogNotWritten(count, broken);
            Close();
            Answer(count, turn => turn.AnswerBusy());
            return;
        }

        Answer(count, turn => turn.Answer());
    }

    private void Write(int count)
    {
        Open();
        _begin!.Run();
        var now = clock.GetUtcNow();
        for (var i = 0; i < count; i++)
        {
            var turn = _batch[i]!;
            if (turn.IsAborted)
            {
                turn.AnswerAborted();
                _batch[i] = null;
            }
            else
            {
                turn.Decide(_statements!, now);
            }
        }

        _commit!.Run();
    }

    private void Answer(int count, Action<LedgerTurn> how)
    {
        for (var i = 0; i < count; i++)
        {
            if (_batch[i] is { } turn)
            {
                how(turn);
                _batch[i] = null;
            }
        }
    }

    private void Open()
    {
        if (_connection is not null)
        {
            return;
        }

        _connection = SqlitePragmas.Open(settings.DatabaseFile, settings.Durable);
        // 16 MB: with the usual 2 MB every other refresh reads its page from the system again. The log, grown beside a long
        // backup, shrinks to the same size afterwards.
        SqlitePragmas.Run(_connection, "PRAGMA cache_size=-16384; PRAGMA journal_size_limit=16777216;");
        _statements = new LedgerStatements(_connection, settings);
        _begin = new SqliteStatement(_connection, "begin immediate");
        _commit = new SqliteStatement(_connection, "commit");
    }

    /// <summary>Also rolls back. After any failure the connection is given up; the next batch opens a new one.</summary>
    private void Close()
    {
        _begin?.Dispose();
        _commit?.Dispose();
        _statements?.Dispose();
        _connection?.Dispose();
        (_begin, _commit, _statements, _connection) = (null, null, null, null);
    }

    private void Die(Exception broken)
    {
        LogDied(broken);
        Environment.ExitCode = 1;
        _queue.Close();
        do
        {
            Answer(BatchSize, turn => turn.AnswerBusy());
        }
        while (_queue.Take(_batch!) > 0);
        lifetime?.StopApplication();
    }

    [LoggerMessage(LogLevel.Error, "{Count} requests could not be written and were answered with 503")]
    private partial void LogNotWritten(int count, Exception broken);

    [LoggerMessage(LogLevel.Critical, "The ledger's writer died; the server stops")]
    private partial void LogDied(Exception broken);
}
