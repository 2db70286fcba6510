using KOauth.Clients;
using KOauth.Data;
using KOauth.Data.Sqlite;
using KOauth.Grants;
using KOauth.People;
using KOauth.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KOauth.Tests.Data;

/// <summary>How the one writer behaves when things go wrong around it. The gate, held by the test, keeps it waiting.</summary>
public sealed class LedgerWriterTests : IAsyncLifetime
{
    private readonly Server _server = new();
    private readonly TestDatabase _database;
    private readonly User _alice = new() { Id = Guid.NewGuid(), UserName = "alice" };
    private readonly Client _notes = new() { ClientId = "notes", Name = "Notes" };

    public LedgerWriterTests() => _database = new TestDatabase(services => services
        .AddSingleton<IHostApplicationLifetime>(_server)
        .AddSingleton<ILoggerFactory>(_server));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ILedger Ledger => _database.Get<ILedger>();

    private WriteGate Gate => _database.Get<WriteGate>();

    public async ValueTask InitializeAsync()
    {
        await _database.Services.StartDataAsync(Ct);
        await using var db = _database.Open();
        db.AddRange(_alice, _notes);
        await db.SaveChangesAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _server.Dispose();
    }

    [Fact]
    public async Task More_than_the_queue_holds_is_answered_busy_at_once()
    {
        var held = Gate.Enter();
        var waiting = Enumerable.Range(0, LedgerQueue.Capacity).Select(_ => Redeem()).ToList();

        Assert.Equal(Reasons.Busy, Reason(await Redeem()));
        await Assert.ThrowsAsync<StoreBusyException>(() => Ledger.EndAsync(Guid.NewGuid(), "revoked", "cli", Ct));

        held.Dispose();
        Assert.All(await Task.WhenAll(waiting), outcome => Assert.Null(Reason(outcome)));
    }

    [Fact]
    public async Task A_request_whose_client_has_gone_is_not_begun()
    {
        var gone = new CancellationTokenSource();
        var id = Guid.NewGuid();
        var held = Gate.Enter();
        var redeem = Redeem(id, gone.Token);
        var other = Redeem();

        await gone.CancelAsync();
        held.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => redeem);
        Assert.Null(Reason(await other));
        Assert.Null(await Ledger.FindAsync(id, Ct));
    }

    [Fact]
    public async Task When_a_batch_fails_everybody_in_it_hears_busy_and_nothing_was_written()
    {
        var (before, during) = (Guid.NewGuid(), Guid.NewGuid());
        await Redeem(before);
        Run("alter table audit rename to elsewhere");
        var held = Gate.Enter();
        var redeem = Redeem(during);
        var end = Ledger.EndAsync(before, "revoked", "cli", Ct); // needs the audit table

        held.Dispose();

        Assert.Equal(Reasons.Busy, Reason(await redeem));
        await Assert.ThrowsAsync<StoreBusyException>(() => end);
        Assert.Null(await Ledger.FindAsync(during, Ct));
        Assert.True((await Ledger.FindAsync(before, Ct))!.IsAlive);

        Run("alter table elsewhere rename to audit"); // and it recovers alone
        Assert.Null(Reason(await Redeem(during)));
        Assert.True(await Ledger.EndAsync(before, "revoked", "cli", Ct));
    }

    [Fact]
    public async Task A_writer_that_dies_takes_the_server_with_it_and_leaves_nobody_waiting()
    {
        Run("alter table grants rename to elsewhere");
        _server.IsLogBroken = true; // the batch fails, and so does telling of it

        var waiting = Redeem();
        await _server.Stopped.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);

        Assert.Equal(Reasons.Busy, Reason(await waiting));
        Assert.Equal(Reasons.Busy, Reason(await Redeem()));
    }

    [Fact]
    public async Task What_waits_is_served_before_the_ledger_closes()
    {
        var held = Gate.Enter();
        var waiting = Enumerable.Range(0, 1000).Select(_ => Redeem()).ToList();
        var closing = Task.Run(((SqliteLedger)Ledger).Dispose, Ct);

        held.Dispose();
        await closing;

        Assert.All(await Task.WhenAll(waiting), outcome => Assert.Null(Reason(outcome)));
        Assert.Equal(Reasons.Busy, Reason(await Redeem()));
    }

    private Task<Outcome<Grant>> Redeem(Guid? id = null, CancellationToken? ct = null) => Ledger.RedeemAsync(
        new Grant
        {
            Id = id ?? Guid.NewGuid(),
            UserId = _alice.Id,
            ClientKey = _notes.Key,
            Scopes = "",
            ExpiresAt = DateTimeOffset.MaxValue,
            Recent = [],
            Story = "KABCDEF",
        },
        ct ?? Ct);

    private void Run(string sql)
    {
        using var connection = SqlitePragmas.Open(_database.Settings.DatabaseFile, durable: false);
        using var statement = new SqliteStatement(connection, sql);
        statement.Run();
    }

    private static Reason? Reason(Outcome<Grant> outcome) => outcome.Ok(out _, out var refusal) ? null : refusal.Reason;

    private sealed class Server : IHostApplicationLifetime, ILoggerFactory, ILogger
    {
        private readonly int _exitCode = Environment.ExitCode;

        public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsLogBroken { get; set; }

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
            Environment.ExitCode = _exitCode; // the server's, not that of the tests
            Stopped.SetResult();
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsLogBroken && logLevel == LogLevel.Error)
            {
                throw new IOException("The log is full.");
            }
        }

        public void Dispose()
        {
        }
    }
}
